import { setTimeout as sleep } from 'node:timers/promises'
import { reviewAnswer } from './answers.ts'
import { described } from './ledger.ts'
import { allPages } from './pages.ts'
import { patienceOf } from './patience.ts'
import type { ReviewList } from './plan.ts'
import type { Reader } from './settle.ts'

/** Milliseconds between two looks. */
const LOOK = 100

/**
 * Waits until the list of what waits for a reviewer shows what it must and nothing it must not. The news reach it by
 * themselves, and late where something was away: whoever delivers them waits longer after each failure.
 */
export async function lookAtReviews(reader: Reader, { shown, gone }: ReviewList, reviewer: string): Promise<void> {
  const as = { sub: reviewer, roles: ['reviewer'] }
  const patience = patienceOf(reader.patience, reader.interruptions)
  for (;;) {
    const items = await allPages({ callers: reader.callers, as, path: '/v1/reviews' })
    const reviews = items.map(item => reviewAnswer.parse(item))
    const faults = faultsIn(reader, new Map(reviews.map(({ transferId, amount }) => [transferId, amount])), [
      shown,
      gone,
    ])
    if (faults.length > 0 && !patience.isOver()) {
      await sleep(LOOK)
      continue
    }
    for (const fault of faults) reader.ledger.differences.add(fault)
    return
  }
}

function faultsIn(
  { ledger }: Reader,
  listed: ReadonlyMap<string, bigint>,
  [shown, gone]: (readonly string[])[],
): string[] {
  const faults: string[] = []
  for (const key of shown ?? []) {
    const entry = ledger.entries.get(key)
    if (entry?.wish.kind !== 'send') continue
    const amount = listed.get(entry.id ?? '')
    if (amount === undefined) faults.push(`${described(entry)}: is held and not on the list of reviews`)
    else if (amount !== entry.wish.amount) faults.push(`${described(entry)}: the list of reviews shows ${amount}`)
  }
  for (const key of gone ?? []) {
    const entry = ledger.entries.get(key)
    if (entry && listed.has(entry.id ?? ''))
      faults.push(`${described(entry)}: is decided and still on the list of reviews`)
  }
  return faults
}
