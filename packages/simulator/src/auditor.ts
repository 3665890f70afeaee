import { setTimeout as sleep } from 'node:timers/promises'
import { auditAccount } from './audit-account.ts'
import { type Book, type Books, keepBooks, type Totals } from './books.ts'
import { described, type Entry, entriesOfKind, hasEnded, type Ledger, outcomeOf } from './ledger.ts'
import { type Minor, readable } from './money.ts'
import { patienceOf } from './patience.ts'
import type { Plan } from './plan.ts'
import { inPool } from './pool.ts'
import { lookAgain, type Reader, settle } from './settle.ts'

export type Findings = {
  readonly totals: Totals
  /** Sum of the balances read back. */
  readonly balances: Minor
  readonly held: Minor
}

/** Pause between two looks at an account that lags behind its transfers, in milliseconds. */
const LOOK = 200

/**
 * Reads everything back and compares it with the ledger: each request has an end the plan allows, each account is what
 * its own requests make of it, each statement adds up, and nothing was made or lost. Differences go into the ledger.
 */
export async function audit(reader: Reader, plan: Plan): Promise<Findings> {
  const { ledger } = reader
  const entries = [...ledger.entries.values()]
  await settle(reader, entries)
  await readBackRequests(reader, entries)
  for (const entry of entries) checkEnd(ledger, entry)
  const books = keepBooks(ledger)
  const findings = await readBackAccounts(reader, books)
  checkConservation(ledger, findings)
  checkPlan(ledger, plan, books)
  return findings
}

/** Each transfer and operation once more by itself: an end never changes. */
async function readBackRequests(reader: Reader, entries: readonly Entry[]): Promise<void> {
  const known = entries.filter(({ id, wish }) => id !== undefined && wish.kind !== 'open')
  let done = 0
  await inPool(known, reader.width, async entry => {
    await lookAgain(reader, entry)
    reader.progress('reading requests back', ++done, known.length)
  })
}

function checkEnd(ledger: Ledger, entry: Entry): void {
  const { wish, id } = entry
  if (id === undefined) {
    if (entry.answers === 0) ledger.differences.add(`${described(entry)}: nothing was accepted`)
    return
  }
  const outcome = outcomeOf(entry)
  if (wish.expect.includes(outcome)) return
  const end = hasEnded(entry) ? `ended ${outcome}` : `has no end, it is ${outcome}`
  ledger.differences.add(`${described(entry)}: ${end}, and should be ${wish.expect.join(' or ')}`)
}

async function readBackAccounts(reader: Reader, { accounts, ends, totals }: Books): Promise<Findings> {
  let [balances, held, done] = [0n, 0n, 0]
  const faultsOf = new Map<Book, readonly string[]>()
  await inPool(accounts.values(), reader.width, async book => {
    const found = await auditUntilEqual({ ...reader, ends }, book)
    balances += found.balance
    held += found.held
    faultsOf.set(book, found.faults)
    reader.progress('reading accounts back', ++done, accounts.size)
  })
  // In the order of the plan, so that the same fault is the first one in every run.
  for (const book of accounts.values()) {
    const { name, accountId } = book.holder
    for (const fault of faultsOf.get(book) ?? [])
      reader.ledger.differences.add(`account ${name} (${accountId}): ${fault}`)
  }
  return { totals, balances, held }
}

/** A view may lag behind: what differs is read again for a while. */
async function auditUntilEqual(reader: Reader & Pick<Books, 'ends'>, book: Book) {
  const patience = patienceOf(reader.patience, reader.interruptions)
  for (;;) {
    const found = await auditAccount(reader, book)
    if (found.faults.length === 0 || patience.isOver()) return found
    await sleep(LOOK)
  }
}

function checkConservation({ differences }: Ledger, { totals, balances }: Findings): void {
  const expected = totals.loaded - totals.loadFees - totals.paymentFees
  if (balances === expected) return
  differences.add(
    `conservation: the balances sum up to ${readable(balances)}, loads less fees to ${readable(expected)}`,
  )
}

/** What a plan promises beyond single requests. */
function checkPlan(ledger: Ledger, plan: Plan, { accounts }: Books): void {
  const { differences } = ledger
  const sends = entriesOfKind(ledger, 'send')
  for (const name of plan.drained) {
    const left = accounts.get(name)?.balance ?? 0n
    const wrongly = sends.find(({ wish, status }) => wish.from === name && status === 'refused' && wish.amount <= left)
    if (!wrongly) continue
    differences.add(`${described(wrongly)}: was refused although ${name} has ${readable(left)} even at the end`)
  }
  for (const [name, count] of plan.completes) {
    const completed = sends.filter(({ wish, status }) => wish.from === name && status === 'completed').length
    if (completed !== count) differences.add(`account ${name}: ${completed} transfers completed and should be ${count}`)
  }
}
