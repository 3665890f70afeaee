/** One item that breaks one rule. */
export type Finding = {
  readonly container: string
  readonly partition: string
  readonly id: string
  readonly rule: string
  /** What is there and what should be, for a person. */
  readonly says: string
}

/** More findings than this are counted, not kept. */
const MOST = 100

export class Findings {
  readonly list: Finding[] = []
  count = 0

  add(finding: Finding): void {
    this.count += 1
    if (this.list.length < MOST) this.list.push(finding)
  }

  addAll({ list, count }: { readonly list: readonly Finding[]; readonly count: number }): void {
    for (const finding of list) this.add(finding)
    this.count += count - list.length
  }
}

export function lineOf({ container, partition, id, rule, says }: Finding): string {
  return `${container} ${partition} ${id}: ${rule}: ${says}`
}
