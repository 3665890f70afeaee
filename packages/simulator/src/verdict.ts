import { type Ledger, outcomeOf } from './ledger.ts'
import { readable } from './money.ts'
import type { Wish } from './plan.ts'
import type { Verdict } from './run.ts'

/** What came of all requests of one kind. */
export type OutcomeCounts = {
  readonly asked: string
  readonly requests: number
  readonly outcomes: ReadonlyMap<string, number>
}

const TITLES: Record<Wish['kind'], string> = {
  open: 'open an account',
  load: 'load credits',
  send: 'send credits',
  approve: 'approve a transfer',
  decline: 'decline a transfer',
}

export function countsOf({ entries }: Ledger): OutcomeCounts[] {
  const byKind = Map.groupBy(entries.values(), ({ wish }) => wish.kind)
  return (Object.keys(TITLES) as Wish['kind'][]).flatMap(kind => {
    const some = byKind.get(kind)
    if (some === undefined) return []
    const outcomes = new Map<string, number>()
    for (const entry of some) outcomes.set(outcomeOf(entry), (outcomes.get(outcomeOf(entry)) ?? 0) + 1)
    return [{ asked: TITLES[kind], requests: some.length, outcomes }]
  })
}

type Traffic = { retried: number; dropped: number; replays: number; alteredRefused: number }

/** The verdict as lines for a console. */
export function verdictLines(verdict: Verdict, traffic: Traffic): string[] {
  return [
    '',
    ...countLines(verdict),
    ...trafficLines(verdict, traffic),
    ...speedLines(verdict),
    ...totalLines(verdict),
    '',
    ...closingLines(verdict),
  ]
}

function countLines({ counts }: Verdict): string[] {
  const lines = counts.map(({ asked, requests, outcomes }) => {
    const came = [...outcomes].sort((a, b) => b[1] - a[1]).map(([outcome, count]) => `${outcome} ${count}`)
    return row(asked, requests, came.join(' · '))
  })
  return [`${'What was asked'.padEnd(29)}  What came of it`, ...lines]
}

function trafficLines(
  { requests, seconds }: Verdict,
  { retried, dropped, replays, alteredRefused }: Traffic,
): string[] {
  const extras = Object.entries({ 'sent again': retried, 'answers dropped': dropped, replayed: replays })
  const notes = extras.flatMap(([what, count]) => (count > 0 ? [`${what} ${count}`] : []))
  if (alteredRefused > 0) notes.push(`altered and refused with 422: ${alteredRefused}`)
  return [row('HTTP requests', requests, [`in ${seconds.toFixed(1)} s`, ...notes].join(' · '))]
}

function speedLines({ speed }: Verdict): string[] {
  if (!speed) return []
  const { transfers, seconds, perSecond, latency } = speed
  const first = `  throughput   ${perSecond.toFixed(0)} transfers per second: ${transfers} in ${seconds.toFixed(1)} s, from the first request until every one was decided`
  if (!latency) return ['', 'Speed', first]
  const figures = Object.entries(latency).map(([name, value]) => `${name} ${value.toFixed(0)}`)
  return [
    '',
    'Speed',
    first,
    `  latency      ${figures.join(' · ')} ms, from sending a request to its completed answer`,
  ]
}

function totalLines({ findings }: Verdict): string[] {
  if (!findings) return []
  const { totals, balances, held } = findings
  const lines = Object.entries({
    'moved by transfers': totals.moved,
    'fees of merchants': totals.paymentFees,
    'fees of loads': totals.loadFees,
    loaded: totals.loaded,
    'balances read back': balances,
    'of these held': held,
  }).map(([name, value]) => `  ${name.padEnd(20)}${readable(value).padStart(18)}`)
  const expected = totals.loaded - totals.loadFees - totals.paymentFees
  const sign = balances === expected ? '=' : '≠'
  const sum = `${readable(balances)} ${sign} ${readable(totals.loaded)} − ${readable(totals.loadFees)} − ${readable(totals.paymentFees)}`
  return ['', 'Totals', ...lines, `  conservation: balances = loads − fees: ${sum}`]
}

function closingLines({ ok, seed, scenario, differences, firstDifferences }: Verdict): string[] {
  if (ok) return ['The ledger is balanced.']
  return [
    `The ledger is NOT balanced: ${differences} ${differences === 1 ? 'difference' : 'differences'}, scenario ${scenario}, seed ${seed}. The first:`,
    ...firstDifferences.slice(0, 5).map(difference => `  ${difference}`),
  ]
}

function row(name: string, count: number, text: string): string {
  return `  ${name.padEnd(20)}${String(count).padStart(7)}  ${text}`
}
