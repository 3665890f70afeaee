import { summaryOf } from '@remit/api/resources/account'
import type { AccountId } from '@remit/domain/ids'
import { defaultSettings } from '@remit/domain/settings'
import { factsIn } from '@remit/domain/transfer/facts'
import { entriesOf } from '@remit/functions-projections/projection/entries'
import { operationsOf, ownedAccount } from '@remit/functions-projections/projection/project-operations'
import {
  accountCounts,
  type Books,
  commandCounts,
  ofAccount,
  ofCommand,
  ofTransfer,
  type Sums,
  transferCounts,
} from './books.ts'
import { canonicalText } from './canonical-text.ts'
import type { Fingerprint, Fingerprints } from './fingerprint.ts'
import type { StreamState, VerifiedAppend } from './stream.ts'
import { add64, count, subtract64 } from './tally.ts'
import { endsOf, piecesOf, recordOf, termsOf } from './texts.ts'

type Place = {
  readonly books: Books
  readonly print: Fingerprints
  readonly stream: StreamState
  /** The words that name the account. */
  readonly account: Fingerprint
  /** The newest append the account's view has: of those after it no view need show anything yet. */
  readonly shown: number
}

/** Enters into the books what one append must have left in views and commands, and what it did to transfers. */
export function enterAppend(place: Place, item: VerifiedAppend): void {
  const behind = place.stream.number > place.shown
  enterAccount(place, item, behind)
  enterTransfers(place, item, behind)
  enterCommands(place, item, behind)
}

function enterAccount({ books, print, stream, account, shown }: Place, item: VerifiedAppend, behind: boolean): void {
  const { accounts } = books
  const at = accounts.at(account)
  const accountId = stream.id as AccountId
  if (!behind) {
    for (const entry of entriesOf(item, item.id, stream.balanceBefore)) {
      add64(accounts.words, at + ofAccount.entries, print(canonicalText(entry)))
    }
  }
  if (stream.number === shown) {
    const summary = summaryOf(accountId, stream.state, { append: stream.number, version: stream.version })
    add64(accounts.words, at + ofAccount.entries, print(canonicalText(summary)))
  }
  for (const event of item.events) {
    if (event.type !== 'AccountOpened') continue
    const owned = ownedAccount(accountId, event.data.owner, item.at)
    add64(accounts.words, at + ofAccount.owner, print(canonicalText(owned)))
    if (behind) count(accounts.words, at + ofAccount.counts, accountCounts.owner)
  }
}

function enterTransfers({ books: { transfers, sums }, print }: Place, item: VerifiedAppend, behind: boolean): void {
  for (const facts of factsIn(item, defaultSettings.currency)) {
    const at = transfers.at(print(facts.transferId))
    const { words } = transfers
    for (const piece of piecesOf(facts)) add64(words, at + ofTransfer.facts, print(piece))
    if (behind) count(words, at + ofTransfer.counts, transferCounts.moving)
    if (facts.requestedAt !== undefined) count(words, at + ofTransfer.counts, transferCounts.asked)
    if (facts.bounced) count(words, at + ofTransfer.counts, transferCounts.bounced)
    if (facts.refused) count(words, at + ofTransfer.counts, transferCounts.refused)
  }
  // Events are counted one by one: facts of one append are united, and a second end must not hide in the union.
  for (const event of item.events) {
    addUp(sums, event)
    const end = endsOf[event.type]
    if (end === undefined) continue
    const data = event.data as { transferId: string; amount: number; currency: string; from?: string; to?: string }
    const at = transfers.at(print(data.transferId))
    const { words } = transfers
    count(words, at + ofTransfer.counts, end.count)
    const terms = print(termsOf(item.streamId, data))
    if (end.terms === 'given') add64(words, at + ofTransfer.terms, terms)
    if (end.terms === 'taken') subtract64(words, at + ofTransfer.terms, terms)
  }
}

function enterCommands({ books: { commands }, print }: Place, item: VerifiedAppend, behind: boolean): void {
  const operations = operationsOf(item)
  for (const [index, outcome] of item.outcomes.entries()) {
    const at = commands.at(print(outcome.commandId))
    const { words } = commands
    count(words, at + ofCommand.counts, commandCounts.outcome)
    if (outcome.reason === 'discarded') count(words, at + ofCommand.counts, commandCounts.discarded)
    add64(words, at + ofCommand.record, print(recordOf(item.streamId, outcome.commandId, outcome)))
    add64(words, at + ofCommand.operation, print(canonicalText(operations[index])))
    if (behind) count(words, at + ofCommand.counts, commandCounts.moving)
  }
  for (const id of item.queued ?? []) {
    const at = commands.at(print(id))
    count(commands.words, at + ofCommand.counts, commandCounts.queued)
  }
}

function addUp(sums: Sums, event: VerifiedAppend['events'][number]): void {
  switch (event.type) {
    case 'CreditsLoaded':
      sums.loads += BigInt(event.data.amount)
      sums.fees += BigInt(event.data.fee)
      return
    case 'CreditsSent':
      sums.sent += BigInt(event.data.amount)
      return
    case 'CreditsReceived':
      sums.received += BigInt(event.data.amount)
      sums.fees += BigInt(event.data.fee)
      return
    case 'CreditsReturned':
      sums.returned += BigInt(event.data.amount)
      return
    default:
      return
  }
}
