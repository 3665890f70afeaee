import { commandCounts, countsAt, merge, newBooks, ofAccount, ofCommand } from './books.ts'
import type { Hand } from './crew.ts'
import { shareable } from './crew.ts'
import { Findings } from './finding.ts'
import { fingerprints } from './fingerprint.ts'
import { type HeadFile, Heads } from './heads.ts'
import type { ParkedItem } from './items.ts'
import { nameSuspects } from './name-suspects.ts'
import { cutOff, type ReadOptions } from './reader.ts'
import { phases, type Source, type VerifiedContainer } from './source.ts'
import { Tally } from './tally.ts'
import { conservation, type Figures, judge } from './verdict.ts'

export type VerifyOptions = {
  readonly hands: (options: ReadOptions) => readonly Hand[]
  /** The key of all fingerprints; anything nobody can guess. */
  readonly key: string
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Milliseconds a stored command may be without an outcome. */
  readonly grace: number
  /** Where the heads of all streams go. */
  readonly heads?: HeadFile | undefined
  /** Heads of an earlier time. */
  readonly against?: Heads | undefined
  readonly progress: (title: string, done: number, total: number) => void
}

export type Verdict = {
  /** The first is the one to look at: the others may follow from it. */
  readonly findings: Findings
  readonly figures: Figures
  /** What an operator has to look at. */
  readonly parked: readonly ParkedItem[]
  readonly items: number
  readonly appends: number
  /** Sums in minor units. */
  readonly money: { readonly there: bigint; readonly should: bigint; readonly inTransit: bigint }
  /** Bytes of heap of all hands together, at most, as far as seen. */
  readonly heap: number
}

/** The phase in which the events are read. */
const EVENTS = 2

/** Reads everything once and proves that it fits together. */
export async function verify(source: Source, options: VerifyOptions): Promise<Verdict> {
  const started = Math.floor(options.now() / 1000)
  const readOptions: ReadOptions = {
    key: options.key,
    waitingFrom: started - options.grace / 1000,
    heads: options.heads !== undefined,
  }
  const hands = options.hands(readOptions)
  try {
    return await verifyWith(source, options, hands)
  } finally {
    await Promise.all(hands.map(hand => hand.stop()))
  }
}

async function verifyWith(
  source: Source,
  { heads, against, progress, key, now }: VerifyOptions,
  hands: readonly Hand[],
): Promise<Verdict> {
  const sizes = await Promise.all(phases.flat().map(container => source.size(container)))
  const total = sizes.reduce((sum, size) => sum + size, 0)
  let items = 0
  let until = 0
  const exported = against && new Heads(shareable(against.tally))
  const readOne = async (hand: Hand, container: VerifiedContainer, part: number) => {
    const read = await hand.read({ container, part, until }, more => {
      items += more
      progress(container, items, Math.max(total, items))
    })
    await heads?.write(read.heads)
  }
  for (const [index, phase] of phases.entries()) {
    if (index === 1) await shareViews(hands, exported)
    // Taken anew for each phase, so that the events read are at least those any view has shown.
    if (index <= EVENTS) until = Math.floor(now() / 1000)
    const parts = await partsOf(source, phase)
    // The same part of any container goes to the same hand: an id is then in one table only.
    await Promise.all(
      hands.map(async (hand, number) => {
        for (const { container, part, turn } of parts) {
          if (turn % hands.length === number) await readOne(hand, container, part)
        }
      }),
    )
  }
  const heap = hands.reduce((sum, hand) => sum + hand.heap(), 0)
  const { books, findings, unreadable, parked, appends } = await resultsOf(hands)
  const print = fingerprints(key)
  for (const finding of unreadable.list) {
    const at = books.commands.find(print(finding.id))
    const counts = countsAt(books.commands, (at ?? 0) + ofCommand.counts)
    const answered = counts(commandCounts.outcome) > counts(commandCounts.discarded)
    const waits = counts(commandCounts.parked) + counts(commandCounts.queued) + counts(commandCounts.discarded) > 0
    if (answered || !waits) findings.add(finding)
  }
  for (const { streamId, number } of exported?.unseen() ?? []) {
    if (findings.list.some(({ partition }) => partition === streamId)) continue
    findings.add(cutOff(streamId, number - 1, `append ${number} was exported`))
  }
  const { figures, suspects } = judge(books)
  const money = conservation(books)
  if (findings.count > 0) findings.count += suspects.count
  else {
    findings.addAll(listed(await nameSuspects(source, suspects, { print, until })))
    if (money.there !== money.should) {
      const says = `there are ${money.there}, there should be ${money.should}`
      findings.add({ container: 'events', partition: '*', id: '*', rule: 'conservation', says })
    }
  }
  return { findings, figures, parked, items, appends, money, heap }
}

const listed = <One>(list: readonly One[]) => ({ list, count: list.length })

async function partsOf(source: Source, phase: readonly VerifiedContainer[]) {
  const all = await Promise.all(
    phase.map(async (container, first) => {
      const parts = await source.parts(container)
      // A container that comes in one part goes to whoever is next.
      return Array.from({ length: parts }, (_, part) => ({ container, part, turn: parts === 1 ? first : part }))
    }),
  )
  return all.flat()
}

/** Tells every hand what all of them found in the accounts view. */
async function shareViews(hands: readonly Hand[], exported: Heads | undefined): Promise<void> {
  const all = new Tally(ofAccount.width)
  const books = { ...newBooks(), accounts: all }
  for (const hand of hands) merge(books, { ...newBooks(), accounts: await hand.views() })
  const views = shareable(all)
  await Promise.all(hands.map(hand => hand.share(views, exported)))
}

async function resultsOf(hands: readonly Hand[]) {
  const findings = new Findings()
  const unreadable = new Findings()
  let appends = 0
  const all = await Promise.all(hands.map(hand => hand.results()))
  const books = all[0]?.books ?? newBooks()
  for (const [index, results] of all.entries()) {
    if (index > 0) merge(books, results.books)
    findings.addAll(results.findings)
    unreadable.addAll(results.unreadable)
    appends += results.appends
  }
  return { books, findings, unreadable, parked: all.flatMap(({ parked }) => parked), appends }
}
