import { ComeAgain } from '@remit/api/parking'
import { summaryKey, summaryOf } from '@remit/api/resources/account'
import { type AccountEntry, type AccountSummary, accountSummary } from '@remit/api/views'
import type { Documents, Write } from '@remit/documents/documents'
import type { Recent } from '@remit/documents/recent'
import { accountRule } from '@remit/domain/account/account'
import type { Recorded } from '@remit/domain/account/recorded'
import type { Account } from '@remit/domain/account/state'
import type { AccountId } from '@remit/domain/ids'
import type { Settings } from '@remit/domain/settings'
import { type Append, appendNumber } from '@remit/event-store/append'
import { emptyHead } from '@remit/event-store/head'
import { advance, appendsAfter } from '@remit/event-store/streams'
import { entriesOf } from './entries.ts'

export type Known = { readonly summary: AccountSummary; readonly etag: string }

export type AccountsView = {
  readonly accounts: Documents
  readonly events: Documents
  readonly settings: Settings
  /** The newest summaries this instance wrote or read: its watermarks. */
  readonly known: Recent<AccountId, Known>
}

/** How often an account is folded again after somebody else moved its view on. */
const ROUNDS = 5
/** Items one transactional batch can hold. */
const BATCH = 100

/**
 * The appends an account's view needs next to get to append number `target`: of those at hand the ones it does not have
 * or, where they leave a gap, a page of the stream. None when the view is there already.
 *
 * @throws ComeAgain when the stream does not show them yet.
 */
export async function missingAppends(
  view: AccountsView,
  accountId: AccountId,
  { target, atHand }: { readonly target: number; readonly atHand: readonly Append[] },
): Promise<readonly Append[]> {
  const before = view.known.get(accountId) ?? (await readSummary(view, accountId))
  const done = before?.summary.append ?? 0
  if (done >= target) return []
  const fresh = following(done, atHand)
  if (fresh.length > 0) return fresh
  for await (const page of appendsAfter(view.events, accountId, done)) return page
  throw notShown(accountId)
}

/**
 * Folds appends of one account into its summary and its entries, written together and gated by the summary's etag.
 * An append the view has is recognised by its number.
 *
 * @throws ComeAgain when the store does not take it, or the view does not have the append before the first.
 */
export async function projectAccount(
  view: AccountsView,
  accountId: AccountId,
  appends: readonly Append[],
): Promise<void> {
  const target = appendNumber(appends.at(-1)?.id ?? '0')
  for (let round = 1; round <= ROUNDS; round++) {
    const before = view.known.get(accountId) ?? (await readSummary(view, accountId))
    const done = before?.summary.append ?? 0
    if (done >= target) return
    const batch = await nextBatch(view, accountId, before, following(done, appends))
    if (batch === undefined) throw new ComeAgain(`the view of ${accountId} lacks the append before`)
    const written = await view.accounts.writeTogether(accountId, batch.writes)
    if (written.result === 'written') {
      // The whole batch has one answer, but each item its own etag: the summary is written first.
      view.known.set(accountId, { summary: batch.summary, etag: written.etag })
      round = 0
      continue
    }
    view.known.drop(accountId)
    if (written.result === 'busy') throw new ComeAgain('the store is busy')
    if (written.result === 'too_large') throw new Error('the entries of the append are too large to store')
  }
  throw new ComeAgain(`the view of ${accountId} could not be written`)
}

/** Brings the view of one account as far as these appends go, from its stream where it lacks more. */
export async function bringAccount(view: AccountsView, accountId: AccountId, atHand: readonly Append[]): Promise<void> {
  const target = Math.max(...atHand.map(({ id }) => appendNumber(id)))
  for (;;) {
    const next = await missingAppends(view, accountId, { target, atHand })
    if (next.length === 0) return
    await projectAccount(view, accountId, next)
  }
}

async function readSummary(view: AccountsView, accountId: AccountId): Promise<Known | undefined> {
  const item = await view.accounts.read(summaryKey(accountId))
  if (item === undefined) return undefined
  const known = { summary: accountSummary.parse(item), etag: item._etag }
  view.known.set(accountId, known)
  return known
}

/** The appends after number `done`, unless they leave a gap. */
function following(done: number, appends: readonly Append[]): readonly Append[] {
  const fresh = appends.filter(item => appendNumber(item.id) > done)
  return fresh[0] && appendNumber(fresh[0].id) === done + 1 ? fresh : []
}

/** As many appends as fit one transactional batch. */
async function nextBatch(
  view: AccountsView,
  accountId: AccountId,
  before: Known | undefined,
  appends: readonly Append[],
): Promise<{ summary: AccountSummary; writes: Write[] } | undefined> {
  let balance = before?.summary.balance ?? 0
  let last: Append | undefined
  const entries: AccountEntry[] = []
  for (const item of appends) {
    const more = entriesOfAppend(item, balance)
    if (last !== undefined && entries.length + more.length + 1 > BATCH) break
    entries.push(...more)
    balance = more.reduce((now, { line }) => now + (line?.change ?? 0), balance)
    last = item
  }
  if (last === undefined) return undefined
  const state = await stateAfter(view, last)
  const summary = summaryOf(accountId, state, { append: appendNumber(last.id), version: last.to })
  const gate: Write = before ? { kind: 'replace', item: summary, etag: before.etag } : { kind: 'create', item: summary }
  return { summary, writes: [gate, ...entries.map(item => ({ kind: 'create', item }) as const)] }
}

function entriesOfAppend(item: Append, balance: number): AccountEntry[] {
  return entriesOf(item as Append & Recorded, item.id, balance)
}

/** The state the append left: it says so itself, unless another version of the rule wrote it. */
async function stateAfter(view: AccountsView, item: Append): Promise<Account> {
  const rule = accountRule(view.settings)
  if (item.after.reducer === rule.reducer) return item.after.state as Account
  let head = emptyHead(rule.initial)
  for await (const page of appendsAfter(view.events, item.streamId, 0)) {
    head = advance(
      head,
      page.filter(one => one.id <= item.id),
      rule,
    )
  }
  // A read can be older than the feed: what it does not show yet would be missing from the state.
  if (head.number !== appendNumber(item.id)) throw notShown(item.streamId)
  return head.state
}

function notShown(streamId: string): ComeAgain {
  return new ComeAgain(`the stream of ${streamId} does not show its appends yet`)
}
