import { ChangeFeedStartFrom, type Container } from '@azure/cosmos'
import type { Body, Key, ReaderPlan } from './item-history.ts'
import type { ReferenceContainer, Stored } from './reference-container.ts'

type Shown = Body & { _etag: string; _lsn: number }
type Part = { start: ChangeFeedStartFrom; last: number; lsn: number }

/** Reads a feed by continuations, and holds every page against what the reference says may be in it. */
export class FeedReader {
  private readonly container: Container
  private readonly reference: ReferenceContainer
  private readonly plan: ReaderPlan
  private parts: Part[] | undefined
  private since = 0
  private readonly shown = new Map<string, number>()

  constructor(container: Container, reference: ReferenceContainer, plan: ReaderPlan) {
    this.container = container
    this.reference = reference
    this.plan = plan
  }

  async page(number: number, size: number): Promise<void> {
    const parts = await this.open()
    await this.read(parts[number % parts.length] as Part, size)
  }

  /** Reads until every part has nothing more, and then nothing may be missing. */
  async drain(size: number): Promise<void> {
    for (const part of await this.open()) {
      for (let pages = 0; await this.read(part, size); pages++)
        if (pages > 1_000) throw new Error('the feed never ends')
    }
    const missing = this.inScope().filter(
      ({ body, change }) => change > this.since && this.shown.get(nameOf(body)) !== change,
    )
    if (missing.length > 0) throw new Error(`the feed has a gap: ${JSON.stringify(missing)}`)
  }

  private async open(): Promise<Part[]> {
    if (this.parts !== undefined) return this.parts
    const { from, pk } = this.plan
    const places = pk === undefined ? await this.container.getFeedRanges() : [pk as string]
    this.parts = places.map(place => ({
      start: from === 'now' ? ChangeFeedStartFrom.Now(place) : ChangeFeedStartFrom.Beginning(place),
      last: 0,
      lsn: 0,
    }))
    if (from === 'now') {
      for (const part of this.parts)
        if (await this.read(part, 1)) throw new Error('the feed from now shows what was before')
      this.since = this.reference.changes
    }
    return this.parts
  }

  /** @returns whether there was something. */
  private async read(part: Part, size: number): Promise<boolean> {
    const pages = this.container.items.getChangeFeedIterator<Shown>({
      changeFeedStartFrom: part.start,
      maxItemCount: size,
    })
    const { result, continuationToken } = await pages.readNext()
    part.start = ChangeFeedStartFrom.Continuation(continuationToken)
    if (result.length === 0) return false
    const stored = result.map(shown => this.check(shown))
    const changes = stored.map(({ change }) => change)
    if (changes.some((change, at) => change < (changes[at - 1] ?? part.last + 1)))
      throw new Error(`out of order: ${changes}`)
    for (const [at, { _lsn }] of result.entries()) {
      const isSame = changes[at] === (at === 0 ? part.last : changes[at - 1])
      if (isSame !== (_lsn === part.lsn)) throw new Error(`a transaction is not one LSN: ${JSON.stringify(result)}`)
      part.lsn = _lsn
    }
    part.last = changes.at(-1) ?? part.last
    const torn = this.inScope().filter(each => changes.includes(each.change) && !stored.includes(each))
    if (torn.length > 0) throw new Error(`a transaction is torn, without ${JSON.stringify(torn)}`)
    if (changes.filter(change => change !== part.last).length >= size)
      throw new Error(`a page of ${size} has ${changes}`)
    return true
  }

  /** The item as it is now, and not shown before in this state. */
  private check({ _etag, _lsn, ...shown }: Shown): Stored {
    const stored = this.reference.find(shown.pk as Key, shown.id)
    if (stored === undefined || stored.etag !== _etag)
      throw new Error(`no last state: ${JSON.stringify({ shown, stored })}`)
    if ((this.shown.get(nameOf(shown)) ?? this.since) >= stored.change)
      throw new Error(`shown twice: ${JSON.stringify(shown)}`)
    this.shown.set(nameOf(shown), stored.change)
    return stored
  }

  private inScope(): Stored[] {
    const { pk } = this.plan
    return pk === undefined ? this.reference.all() : this.reference.items(pk)
  }
}

const nameOf = ({ pk, id }: Body) => JSON.stringify([pk, id])
