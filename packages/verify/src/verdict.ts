import {
  accountCounts as account,
  type Books,
  commandCounts as command,
  countsAt,
  isZero,
  ofAccount,
  ofCommand,
  ofTransfer,
  transferCounts as transfer,
} from './books.ts'
import { type Fingerprint, uuidOf } from './fingerprint.ts'
import type { Tally } from './tally.ts'

/** What did not come out as nothing, still without a name. */
export class Suspects {
  /** Accounts by id. */
  readonly accounts: string[] = []
  /** Transfers and commands by fingerprint, as text. */
  readonly transfers = new Set<string>()
  readonly commands = new Set<string>()
  count = 0

  add(kind: 'transfers' | 'commands', key: Fingerprint): void {
    this.count += 1
    if (this[kind].size < MOST) this[kind].add(key.join())
  }

  addAccount(key: Fingerprint): void {
    this.count += 1
    if (this.accounts.length < MOST) this.accounts.push(uuidOf(key))
  }
}

/** More suspects of one kind than this are counted, not looked at again. */
const MOST = 50

export type Figures = {
  accounts: number
  transfers: number
  commands: number
  /** Accounts whose view lacks the newest appends. */
  behind: number
  /** Transfers and operations no view need show yet. */
  moving: number
  inTransit: number
  waiting: number
  queued: number
  /** Commands without an outcome that an operator has to look at. */
  parked: number
}

export function judge(books: Books): { figures: Figures; suspects: Suspects } {
  const suspects = new Suspects()
  const figures: Figures = {
    accounts: 0,
    transfers: 0,
    commands: 0,
    behind: 0,
    moving: 0,
    inTransit: 0,
    waiting: 0,
    queued: 0,
    parked: 0,
  }
  judgeAccounts(books.accounts, figures, suspects)
  judgeTransfers(books.transfers, figures, suspects)
  judgeCommands(books.commands, figures, suspects)
  return { figures, suspects }
}

/** The sum of all credits by the balances, and by what was loaded and paid in fees: always the same. */
export function conservation({ sums }: Books): { there: bigint; should: bigint; inTransit: bigint } {
  const inTransit = sums.sent - sums.received - sums.returned
  return { there: sums.balances + inTransit, should: sums.loads - sums.fees, inTransit }
}

function judgeAccounts(tally: Tally, figures: Figures, suspects: Suspects): void {
  for (const at of tally.all()) {
    const counts = countsAt(tally, at + ofAccount.counts)
    const [streams, summaries] = [counts(account.stream), counts(account.summary)]
    figures.accounts += streams
    figures.behind += counts(account.behind)
    const wrong =
      (streams === 0 && summaries > 0) ||
      summaries > 1 ||
      counts(account.ahead) > 0 ||
      counts(account.missing) > 0 ||
      !isZero(tally, at + ofAccount.entries) ||
      (counts(account.owner) === 0 && !isZero(tally, at + ofAccount.owner))
    if (wrong) suspects.addAccount(tally.keyAt(at))
  }
}

function judgeTransfers(tally: Tally, figures: Figures, suspects: Suspects): void {
  for (const at of tally.all()) {
    const counts = countsAt(tally, at + ofTransfer.counts)
    const moving = counts(transfer.moving) > 0
    figures.transfers += 1
    if (moving) figures.moving += 1
    const wrong =
      endsWrongly(tally, at) || counts(transfer.view) > 1 || (!moving && !isZero(tally, at + ofTransfer.facts))
    if (wrong) suspects.add('transfers', tally.keyAt(at))
    else if (counts(transfer.sent) > counts(transfer.received) + counts(transfer.returned)) figures.inTransit += 1
  }
}

function endsWrongly(tally: Tally, at: number): boolean {
  const counts = countsAt(tally, at + ofTransfer.counts)
  const sent = counts(transfer.sent)
  const arrived = counts(transfer.received) + counts(transfer.returned)
  const stopped = counts(transfer.declined) + counts(transfer.expired) + counts(transfer.refused)
  return (
    counts(transfer.asked) > 1 ||
    sent > 1 ||
    arrived > sent ||
    sent + stopped > 1 ||
    counts(transfer.returned) > counts(transfer.bounced) ||
    counts(transfer.bounced) > sent ||
    (arrived > 0 && !isZero(tally, at + ofTransfer.terms))
  )
}

function judgeCommands(tally: Tally, figures: Figures, suspects: Suspects): void {
  for (const at of tally.all()) {
    const counts = countsAt(tally, at + ofCommand.counts)
    const [stored, outcomes, operations] = [counts(command.stored), counts(command.outcome), counts(command.operation)]
    if (stored + outcomes + operations === 0) continue
    figures.commands += 1
    if (stored === 1 && outcomes === 0 && operations === 0) {
      if (counts(command.parked) > 0) figures.parked += 1
      else if (counts(command.queued) > 0) figures.queued += 1
      else if (counts(command.waiting) > 0) figures.waiting += 1
      else suspects.add('commands', tally.keyAt(at))
      continue
    }
    const shown = counts(command.moving) === 0 || operations > 0
    // What was discarded may be something nobody could read, and its outcome says of it what could be said.
    const known = isZero(tally, at + ofCommand.record) || counts(command.parked) + counts(command.discarded) > 0
    const wrong = stored !== 1 || outcomes !== 1 || !known || (shown && !isZero(tally, at + ofCommand.operation))
    if (wrong) suspects.add('commands', tally.keyAt(at))
  }
}
