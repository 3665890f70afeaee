import { hash } from 'node:crypto'
import { transferView } from '@remit/api/views'
import { type AccountCommand, accountCommand, commandTypes } from '@remit/domain/account/commands'
import { type TransferFacts, transferFacts } from '@remit/domain/transfer/facts'
import { type Wish, wishOf } from '@remit/domain/wish'
import { appendNumber } from '@remit/event-store/append'
import { viewOf } from '@remit/functions-projections/projection/project-transfers'
import { accountCounts, type Books, commandCounts, ofAccount, ofCommand, ofTransfer, transferCounts } from './books.ts'
import { canonicalItem, canonicalText } from './canonical-text.ts'
import type { Finding } from './finding.ts'
import { type Fingerprint, type Fingerprints, uuidBits } from './fingerprint.ts'
import { same } from './stream.ts'
import { count, subtract64 } from './tally.ts'
import { piecesOf, recordOf } from './texts.ts'

export type Ledger = {
  readonly books: Books
  readonly print: Fingerprints
  readonly report: (finding: Finding) => void
  /** A stored command nobody can read: a fault, unless it is parked. */
  readonly unreadable: (finding: Finding) => void
  readonly parked: (item: ParkedItem) => void
  /** Commands stored from here on may still be on their way; seconds since 1970. */
  readonly waitingFrom: number
}

export type Item = { readonly id?: unknown; readonly [member: string]: unknown }

/** The words that name an account; what is no UUID never was one. */
export function accountKey(print: Fingerprints, id: string): Fingerprint {
  return uuidBits(id) ?? print(id).slice()
}

const said = (error: unknown) => String(error).replaceAll(/\s+/g, ' ').slice(0, 300)

/**
 * Takes one item of the accounts view out of the books: the summary, or an entry. Its shape is not looked at here: what
 * is not the very item the events give leaves a difference, and is named by it.
 */
export function enterAccountItem(ledger: Ledger, item: Item): void {
  const { books, print } = ledger
  const isSummary = item.id === 'summary'
  const { accounts } = books
  const at = accounts.at(accountKey(print, String(item.accountId)))
  const { words } = accounts
  if (isSummary) {
    count(words, at + ofAccount.counts, accountCounts.summary)
    words[at + ofAccount.append] = Number(item.append)
  } else if (isAhead(String(item.id), words[at + ofAccount.append] ?? 0)) {
    count(words, at + ofAccount.counts, accountCounts.ahead)
    return
  }
  subtract64(words, at + ofAccount.entries, print(canonicalItem(item)))
}

/** Whether an entry belongs to an append after the one the summary was read at. */
function isAhead(id: string, shown: number): boolean {
  return shown > 0 && appendNumber(id.slice('entry-'.length, -'-000'.length)) > shown
}

export function enterTransferItem(ledger: Ledger, item: Item): void {
  const { books, print, report } = ledger
  const name = { container: 'transfers', partition: String(item.transferId), id: String(item.id) }
  const facts = factsOf(item)
  if (facts === undefined) {
    report({ ...name, rule: 'parse', says: said(transferView.safeParse(item).error ?? 'it has facts nobody knows') })
    return
  }
  const expected = viewOf(facts)
  if (!hasContent(item, expected)) {
    report({ ...name, rule: 'view', says: `its own facts give ${canonicalText(expected)}` })
    return
  }
  const { transfers } = books
  const at = transfers.at(print(facts.transferId))
  count(transfers.words, at + ofTransfer.counts, transferCounts.view)
  for (const piece of piecesOf(facts)) subtract64(transfers.words, at + ofTransfer.facts, print(piece))
}

const factNames: ReadonlySet<string> = new Set(Object.keys(transferFacts.shape))

/** The facts of a transfer, unless there are any that nobody knows. Each fact is compared with the event that gave it. */
function factsOf({ facts }: Item): TransferFacts | undefined {
  if (typeof facts !== 'object' || facts === null) return undefined
  for (const name in facts) if (!factNames.has(name)) return undefined
  return facts as TransferFacts
}

/** Whether an item has these members, and no others but what the store adds. */
function hasContent(item: Item, expected: { readonly [member: string]: unknown }): boolean {
  for (const name in item) if (!name.startsWith('_') && expected[name] === undefined) return false
  for (const name in expected) if (!same(item[name], expected[name])) return false
  return true
}

export function enterOperationItem(ledger: Ledger, item: Item): void {
  const { books, print } = ledger
  const { commands } = books
  const at = commands.at(print(String(item.id)))
  count(commands.words, at + ofCommand.counts, commandCounts.operation)
  subtract64(commands.words, at + ofCommand.operation, print(canonicalItem(item)))
}

export function enterOwnerItem(ledger: Ledger, item: Item): void {
  const { books, print } = ledger
  const { accounts } = books
  const at = accounts.at(accountKey(print, String(item.id)))
  subtract64(accounts.words, at + ofAccount.owner, print(canonicalItem(item)))
}

export function enterCommand(ledger: Ledger, item: Item): void {
  const { books, print, report, unreadable, waitingFrom } = ledger
  const { commands } = books
  const id = String(item.id)
  const at = commands.at(print(id))
  const { words } = commands
  count(words, at + ofCommand.counts, commandCounts.stored)
  const storedAt = typeof item._ts === 'number' ? item._ts : Date.parse(String(item.at)) / 1000
  if (storedAt >= waitingFrom) count(words, at + ofCommand.counts, commandCounts.waiting)
  const name = { container: 'commands', partition: String(item.streamId), id }
  let command = soundCommand(item)
  if (command === undefined) {
    const parsed = accountCommand.safeParse(item)
    if (!parsed.success) {
      unreadable({ ...name, rule: 'parse', says: said(parsed.error) })
      return
    }
    command = parsed.data
    if (!same(command.data, item.data)) report({ ...name, rule: 'parse', says: 'it has members nobody knows' })
    if (wishHashOf(command) !== command.hash)
      report({ ...name, rule: 'wish', says: 'its hash is that of another wish' })
  }
  subtract64(words, at + ofCommand.record, print(recordOf(command.streamId, id, command)))
}

/**
 * A command whose hash is that of its wish is as it was when the door parsed it, and need not be parsed again: the rest
 * of it is compared with its outcome.
 */
function soundCommand(item: Item): AccountCommand | undefined {
  const { type, streamId, data, hash: said } = item
  if (typeof said !== 'string' || typeof streamId !== 'string' || typeof data !== 'object' || data === null)
    return undefined
  return types.has(String(type)) && wishHashOf(item as unknown as Wish) === said
    ? (item as unknown as AccountCommand)
    : undefined
}

const types: ReadonlySet<string> = new Set(commandTypes)

/** As `wishHash` of the domain. */
function wishHashOf(command: Wish): string {
  return hash('sha256', canonicalText(wishOf(command)), 'hex')
}

/** What could not be handled, by whom, and why. */
export type ParkedItem = {
  readonly streamId: string
  readonly itemId: string
  readonly handler: string
  readonly why: string
}

/** A parked item refers to what is stored elsewhere, often to a command. */
export function enterParked({ books: { commands }, print, parked }: Ledger, item: Item): void {
  // Somebody has dealt with it.
  if (item.open === false) return
  const at = commands.at(print(String(item.itemId)))
  count(commands.words, at + ofCommand.counts, commandCounts.parked)
  const { streamId, itemId, handler, why } = item
  parked({ streamId: String(streamId), itemId: String(itemId), handler: String(handler), why: String(why) })
}
