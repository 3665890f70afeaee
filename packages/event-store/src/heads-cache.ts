import type { Head } from './head.ts'

/** Heads of the streams used last, so that a warm instance decides without reading. A stale head only costs a conflict. */
export class HeadsCache<State> {
  readonly #heads = new Map<string, Head<State>>()
  readonly #most: number

  constructor(most: number) {
    this.#most = most
  }

  get(streamId: string): Head<State> | undefined {
    const head = this.#heads.get(streamId)
    if (head) this.set(streamId, head)
    return head
  }

  set(streamId: string, head: Head<State>): void {
    this.#heads.delete(streamId)
    this.#heads.set(streamId, head)
    const oldest = this.#heads.size > this.#most ? this.#heads.keys().next().value : undefined
    if (oldest !== undefined) this.#heads.delete(oldest)
  }
}
