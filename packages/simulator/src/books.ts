import { type Entry, entriesOfKind, type Holder, type Ledger } from './ledger.ts'
import { loadFee, type Minor, paymentFee } from './money.ts'
import type { Send } from './plan.ts'

/** A statement line as it must be. */
export type ExpectedLine = {
  readonly type: 'loaded' | 'sent' | 'received' | 'returned'
  /** Id of the transfer or, for a load, of the operation. */
  readonly about: string
  readonly change: Minor
  readonly amount: Minor
  readonly fee: Minor
  readonly counterparty?: string | undefined
}

/** One account as the second ledger has it. */
export type Book = {
  readonly holder: Holder
  balance: Minor
  held: Minor
  /** By type and what they are about. */
  readonly lines: Map<string, ExpectedLine>
  /** Transfers its list must show, and those it may show. */
  readonly transfers: Set<string>
  readonly maybe: Set<string>
}

export type Totals = { loaded: Minor; loadFees: Minor; paymentFees: Minor; moved: Minor }

export type Books = {
  readonly accounts: ReadonlyMap<string, Book>
  /** Status of each transfer, by id. */
  readonly ends: Map<string, string>
  readonly totals: Totals
}

export const lineKey = ({ type, about }: Pick<ExpectedLine, 'type' | 'about'>) => `${type} ${about}`

/** The fee the receiver of a transfer pays. */
export function feeOf(ledger: Ledger, { to, amount }: Send): Minor {
  return paymentFee(amount, ledger.holders.get(to)?.kind)
}

/** Works out every account from the requests and their ends, with fees of its own making. */
export function keepBooks(ledger: Ledger): Books {
  const accounts = new Map<string, Book>()
  const books: Books = { accounts, ends: new Map(), totals: { loaded: 0n, loadFees: 0n, paymentFees: 0n, moved: 0n } }
  const { totals } = books
  for (const holder of ledger.holders.values()) {
    const empty = { balance: 0n, held: 0n, lines: new Map(), transfers: new Set<string>(), maybe: new Set<string>() }
    accounts.set(holder.name, { holder, ...empty })
  }
  for (const { wish, id, status } of entriesOfKind(ledger, 'load')) {
    if (status !== 'applied' || id === undefined) continue
    const fee = loadFee(wish.amount)
    enter(accounts.get(wish.account), {
      type: 'loaded',
      about: id,
      change: wish.amount - fee,
      amount: wish.amount,
      fee,
    })
    totals.loaded += wish.amount
    totals.loadFees += fee
  }
  for (const entry of entriesOfKind(ledger, 'send')) enterTransfer(ledger, books, entry)
  return books
}

function enterTransfer(ledger: Ledger, { accounts, ends, totals }: Books, { wish, id, status }: Entry<Send>): void {
  if (id === undefined) return
  ends.set(id, status)
  const { from, to, amount } = wish
  const [sender, receiver] = [accounts.get(from), accounts.get(to)]
  sender?.transfers.add(id)
  if (status === 'held' && sender) sender.held += amount
  const sent = ['in_transit', 'completed', 'returned'].includes(status)
  if (sent) {
    const counterparty = ledger.ids.get(to)
    enter(sender, { type: 'sent', about: id, change: -amount, amount, fee: 0n, counterparty })
    if (status === 'returned') {
      enter(sender, { type: 'returned', about: id, change: amount, amount, fee: 0n, counterparty })
    }
  }
  if (status !== 'completed') {
    receiver?.maybe.add(id)
    return
  }
  const fee = feeOf(ledger, wish)
  receiver?.transfers.add(id)
  enter(receiver, {
    ...{ type: 'received', about: id, change: amount - fee, amount, fee },
    counterparty: ledger.ids.get(from),
  })
  totals.paymentFees += fee
  totals.moved += amount
}

function enter(book: Book | undefined, line: ExpectedLine): void {
  if (book === undefined) return
  book.balance += line.change
  book.lines.set(lineKey(line), line)
}
