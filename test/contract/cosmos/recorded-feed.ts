import { ChangeFeedStartFrom, type Container } from '@azure/cosmos'

type Shown = { id: string; n: number; _lsn: number }
type Part = { start: ChangeFeedStartFrom; lsn: number }

/** Follows the feed of every range through its continuations, which outlive the server. */
export class RecordedFeed {
  pages = 0
  private parts: Part[] = []
  private readonly shown = new Map<string, number>()

  async open(container: Container): Promise<void> {
    const ranges = await container.getFeedRanges()
    this.parts = ranges.map(range => ({ start: ChangeFeedStartFrom.Beginning(range), lsn: 0 }))
  }

  /** Reads one range after the other until a request fails. */
  async readUntilCut(container: Container): Promise<unknown> {
    try {
      for (;;) for (const part of this.parts) await this.read(container, part)
    } catch (error) {
      return error
    }
  }

  async drain(container: Container): Promise<void> {
    for (const part of this.parts) while (await this.read(container, part)) this.pages++
  }

  /** Everything that is there was shown as it is, and nothing was shown that is not there. */
  check(items: readonly [id: string, version: number][]): void {
    const missing = items.filter(([id, version]) => this.shown.get(id) !== version)
    if (missing.length === 0) return
    const lines = missing.map(([id, version]) => `${id}: version ${version} is there, ${this.shown.get(id)} was shown`)
    throw new Error(`The feed has a gap, or showed what was lost:\n${lines.join('\n')}`)
  }

  private async read(container: Container, part: Part): Promise<boolean> {
    const pages = container.items.getChangeFeedIterator<Shown>({ changeFeedStartFrom: part.start, maxItemCount: 20 })
    const { result, continuationToken } = await pages.readNext()
    for (const { id, n, _lsn } of result) {
      const before = this.shown.get(id) ?? 0
      if (n <= before) throw new Error(`The feed showed version ${n} of ${id} after version ${before}.`)
      if (_lsn < part.lsn) throw new Error(`The feed went back from LSN ${part.lsn} to ${_lsn}.`)
      this.shown.set(id, n)
      part.lsn = _lsn
    }
    part.start = ChangeFeedStartFrom.Continuation(continuationToken)
    return result.length > 0
  }
}
