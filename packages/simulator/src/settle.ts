import { setTimeout as sleep } from 'node:timers/promises'
import { enterResource, pathOf } from './check-answer.ts'
import type { Answer } from './client.ts'
import { type Entry, hasEnded, type Ledger, outcomeOf } from './ledger.ts'
import { patienceOf } from './patience.ts'
import { inPool } from './pool.ts'
import type { Callers, Subject } from './tokens.ts'

/** What reading back needs. */
export type Reader = {
  readonly callers: Callers
  readonly ledger: Ledger
  readonly auditor: Subject
  /** Requests in flight. */
  readonly width: number
  /** How long one waits for something that must come, in milliseconds. */
  readonly patience: number
  /** How often the system did not answer so far. */
  readonly interruptions: () => number
  readonly progress: (title: string, done: number, total: number) => void
}

/** Pauses between two rounds of looking grow from the first to the last of these, in milliseconds. */
const FIRST_PAUSE = 25
const LAST_PAUSE = 1_000

/**
 * Asks for each request until it has come to an end the plan allows. Gives up after the patience, counted anew
 * whenever one more has ended: the auditor names what is left.
 */
export async function settle(reader: Reader, entries: readonly Entry[]): Promise<void> {
  let open = entries.filter(entry => entry.id !== undefined && !isSettled(reader, entry))
  const patience = patienceOf(reader.patience, reader.interruptions)
  let pause = FIRST_PAUSE
  while (open.length > 0) {
    await inPool(open, reader.width, async entry => {
      const answer = await read(reader, entry)
      // What cannot be read yet may be read later; what stays so is the auditor's to name.
      if (answer.status === 200) enterResource(reader.ledger, entry, answer)
    })
    const left = open.filter(entry => !isSettled(reader, entry))
    if (left.length < open.length) {
      patience.renew()
      pause = FIRST_PAUSE
    }
    open = left
    if (nextExpiry(reader, open) > 0) patience.renew()
    if (patience.isOver()) return
    if (open.length > 0) await sleep(pause)
    pause = Math.min(pause * 2, LAST_PAUSE)
  }
}

/** Reads the resource of a request and enters what it shows. */
export async function lookAgain(reader: Reader, entry: Entry): Promise<void> {
  enterResource(reader.ledger, entry, await read(reader, entry))
}

function read({ callers, auditor }: Reader, { wish, id = '' }: Entry): Promise<Answer> {
  return callers.send(auditor, { method: 'GET', path: pathOf(wish, id) })
}

function isSettled(reader: Reader, entry: Entry): boolean {
  if (hasEnded(entry)) return true
  if (entry.status === 'held' && entry.wish.expect.includes('expired') && msUntilDue(entry) <= reader.patience) {
    return false
  }
  return entry.wish.expect.includes(outcomeOf(entry))
}

function msUntilDue({ reviewDueAt }: Entry): number {
  return reviewDueAt === undefined ? Number.POSITIVE_INFINITY : Date.parse(reviewDueAt) - Date.now()
}

/** Milliseconds until the last of those that may be waited for expires. */
function nextExpiry({ patience }: Reader, open: readonly Entry[]): number {
  const dues = open.filter(({ wish }) => wish.expect.includes('expired')).map(msUntilDue)
  return Math.max(0, ...dues.filter(due => due <= patience))
}
