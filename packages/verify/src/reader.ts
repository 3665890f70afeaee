import { appendId } from '@remit/event-store/append'
import { accountCounts, type Books, newBooks, ofAccount } from './books.ts'
import { enterAppend } from './entries-of-events.ts'
import { type Finding, Findings } from './finding.ts'
import { type Fingerprint, fingerprints } from './fingerprint.ts'
import { checkHead, type Head, type Heads } from './heads.ts'
import {
  accountKey,
  enterAccountItem,
  enterCommand,
  enterOperationItem,
  enterOwnerItem,
  enterParked,
  enterTransferItem,
  type Item,
  type Ledger,
  type ParkedItem,
} from './items.ts'
import type { Source, VerifiedContainer } from './source.ts'
import { endStream, newStream, type StreamState, takeAppend } from './stream.ts'
import { count, type Tally } from './tally.ts'

export type ReadOptions = {
  /** The key of all fingerprints of this run. */
  readonly key: string
  /** Commands stored from here on may still wait for their outcome; seconds since 1970. */
  readonly waitingFrom: number
  /** Whether the heads of all streams are wanted. */
  readonly heads: boolean
}

export type Task = {
  readonly container: VerifiedContainer
  readonly part: number
  /** Appends stored after this are left to the next run, unless a view has them; seconds since 1970. */
  readonly until: number
}

/** What came of reading one part. */
export type PartRead = { readonly items: number; readonly heads: readonly Head[] }

export type Results = {
  readonly books: Books
  readonly findings: Findings
  readonly unreadable: Findings
  readonly parked: readonly ParkedItem[]
  readonly appends: number
}

type Followed = StreamState & {
  readonly account: Fingerprint
  /** The newest append its view has. */
  readonly shown: number
  readonly exported: number | undefined
  /** When its first append was stored; seconds since 1970. */
  readonly since: number
}

/** More parked items than this are counted, not listed. */
const PARKED_KEPT = 100

/** Reads parts of containers into books of its own. */
export class Reader {
  readonly #source: Source
  readonly #options: ReadOptions
  readonly #ledger: Ledger
  readonly #findings = new Findings()
  readonly #unreadable = new Findings()
  readonly #enter: { readonly [Name in Exclude<VerifiedContainer, 'events'>]: (item: Item) => void }
  readonly #parked: ParkedItem[] = []
  #appends = 0
  /** How far the view of each account is, by whoever read it. */
  #views: Tally
  #exported: Heads | undefined

  constructor(source: Source, options: ReadOptions) {
    this.#source = source
    this.#options = options
    const ledger: Ledger = {
      books: newBooks(),
      print: fingerprints(options.key),
      report: finding => this.#findings.add(finding),
      unreadable: finding => this.#unreadable.add(finding),
      parked: item => {
        if (this.#parked.length < PARKED_KEPT) this.#parked.push(item)
      },
      waitingFrom: options.waitingFrom,
    }
    this.#ledger = ledger
    this.#views = ledger.books.accounts
    this.#enter = {
      accounts: item => enterAccountItem(ledger, item),
      transfers: item => enterTransferItem(ledger, item),
      operations: item => enterOperationItem(ledger, item),
      owners: item => enterOwnerItem(ledger, item),
      commands: item => enterCommand(ledger, item),
      parked: item => enterParked(ledger, item),
    }
  }

  /** What the readers of the accounts view have found, all together, and the heads of an earlier export. */
  share(views: Tally, exported: Heads | undefined): void {
    this.#views = views
    this.#exported = exported
  }

  get books(): Books {
    return this.#ledger.books
  }

  /** @param progress told the number of items of each page. */
  async read({ container, part, until }: Task, progress: (items: number) => void): Promise<PartRead> {
    const streams = new Map<string, Followed>()
    let items = 0
    for await (const page of this.#source.read(container, part)) {
      for (const item of page) {
        if (typeof item !== 'object' || item === null) this.#report({ container, id: '?', says: 'it is no object' })
        else if (container === 'events') this.#follow(streams, item, until)
        else this.#enterItem(container, item as Item)
      }
      items += page.length
      progress(page.length)
    }
    return { items, heads: this.#close(streams) }
  }

  results(): Results {
    const { books } = this.#ledger
    return {
      books,
      findings: this.#findings,
      unreadable: this.#unreadable,
      parked: this.#parked,
      appends: this.#appends,
    }
  }

  #enterItem(container: Exclude<VerifiedContainer, 'events'>, item: Item): void {
    try {
      this.#enter[container](item)
    } catch (error) {
      this.#report({ container, id: String(item.id), says: String(error) })
    }
  }

  #report({ container, id, says }: { container: string; id: string; says: string }): void {
    this.#findings.add({ container, partition: '?', id, rule: 'parse', says })
  }

  #follow(streams: Map<string, Followed>, item: object, until: number): void {
    const { streamId, _ts } = item as { streamId?: unknown; _ts?: unknown }
    const id = String(streamId)
    let stream = streams.get(id)
    if (stream === undefined) {
      stream = this.#begin(id, typeof _ts === 'number' ? _ts : 0)
      streams.set(id, stream)
    }
    if (typeof _ts === 'number' && _ts > until && stream.number >= stream.shown) return
    this.#appends += 1
    const sound = takeAppend(stream, item, this.#ledger.report)
    if (sound === undefined) return
    checkHead(this.#exported, stream.exported, stream, this.#ledger.report)
    enterAppend({ ...this.#ledger, stream, account: stream.account, shown: stream.shown }, sound)
  }

  #begin(id: string, since: number): Followed {
    const account = accountKey(this.#ledger.print, id)
    const at = this.#views.find(account)
    const shown = at === undefined ? 0 : (this.#views.words[at + ofAccount.append] ?? 0)
    return Object.assign(newStream(id), { account, shown, since, exported: this.#exported?.find(account) })
  }

  /** The streams of a part have ended. */
  #close(streams: Map<string, Followed>): Head[] {
    const { books, report } = this.#ledger
    const heads: Head[] = []
    for (const stream of streams.values()) {
      const { id, number, shown, account, since } = stream
      endStream(stream, report)
      if (stream.broken) continue
      if (number < shown) report(cutOff(id, number, `the view has append ${shown}, the stream ends with ${number}`))
      const at = books.accounts.at(account) + ofAccount.counts
      count(books.accounts.words, at, accountCounts.stream)
      if (number > shown) count(books.accounts.words, at, accountCounts.behind)
      if (shown === 0 && since < this.#options.waitingFrom) count(books.accounts.words, at, accountCounts.missing)
      books.sums.balances += BigInt(stream.state.balance)
      if (this.#options.heads && number > 0) heads.push([id, number, stream.hash])
    }
    return heads
  }
}

/** A stream ends too early. */
export function cutOff(streamId: string, number: number, says: string): Finding {
  return { container: 'events', partition: streamId, id: appendId(number + 1), rule: 'end', says: `missing: ${says}` }
}
