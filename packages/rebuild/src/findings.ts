import type { Edition, ViewName } from '@remit/api/editions'

/** What does not fit, and where. */
export type Finding = { readonly partition: string; readonly id: string; readonly says: string }

const KEPT = 20

/** Counts all, keeps the first few. */
export class Findings {
  readonly list: Finding[] = []
  count = 0

  add(finding: Finding): void {
    this.count += 1
    if (this.list.length < KEPT) this.list.push(finding)
  }
}

/** What a phase of a rebuild works on. */
export type Phase = {
  readonly view: ViewName
  /** The new edition. */
  readonly edition: Edition
  /** Says that the work goes on; called between pages. */
  readonly renew: () => Promise<void>
}
