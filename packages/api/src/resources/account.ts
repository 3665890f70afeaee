import { accountRule } from '@remit/domain/account/account'
import { accountCommand } from '@remit/domain/account/commands'
import { type Account, held, unopened } from '@remit/domain/account/state'
import { type AccountId, commandIdFor } from '@remit/domain/ids'
import { toWire } from '@remit/domain/money'
import { loadHead } from '@remit/event-store/streams'
import type { Reading } from '../ports.ts'
import { type AccountSummary, accountSummary } from '../views.ts'
import { textOf } from './details.ts'
import type { AccountResource, PayeeResource } from './shapes.ts'
import { waitedFor } from './wait.ts'

/** There is one `OpenAccount` per account, and its id follows from the account's. */
export function openingOf(accountId: AccountId) {
  return { partition: accountId, id: commandIdFor(accountId, 'OpenAccount') }
}

export function summaryKey(accountId: AccountId) {
  return { partition: accountId, id: 'summary' }
}

/** An account by the view or, where the view has not heard of it, by the head of its stream. */
export async function findAccount(reading: Reading, accountId: AccountId): Promise<AccountSummary | undefined> {
  const item = await reading.stores.accounts.read(summaryKey(accountId))
  const summary = item === undefined ? await summaryOfHead(reading, accountId) : accountSummary.parse(item)
  return summary.status === 'unopened' ? undefined : summary
}

async function summaryOfHead({ stores, settings }: Reading, accountId: AccountId): Promise<AccountSummary> {
  const { number, version, state } = await loadHead(stores.events, accountId, accountRule(settings))
  return summaryOf(accountId, state, { append: number, version })
}

/** The item of the accounts view for an account in this state. */
export function summaryOf(
  accountId: AccountId,
  state: Account,
  at: Pick<AccountSummary, 'append' | 'version'>,
): AccountSummary {
  const { status, kind, owner, currency, balance } = state
  return { id: 'summary', accountId, ...at, status, kind, owner, currency, balance, held: held(state) }
}

/**
 * An account whose `OpenAccount` is stored but not yet handled. One whose opening was refused, because an operator
 * discarded it, will never be open: it counts as closed.
 */
async function findPending({ stores, settings }: Reading, accountId: AccountId): Promise<AccountSummary | undefined> {
  const item = await stores.commands.read(openingOf(accountId))
  const command = accountCommand.safeParse(item).data
  if (command?.type !== 'OpenAccount') return undefined
  const { kind, owner } = command.data
  const refused = (await stores.operations.read(openingOf(accountId)))?.status === 'refused'
  const status = refused ? 'closed' : 'unopened'
  const state = { ...unopened, status, kind, owner, currency: settings.currency } as const
  return summaryOf(accountId, state, { append: 0, version: 0 })
}

/** An account as far as anything is known of it: `unopened` here means that it is asked for and pending. */
export async function findAccountOrPending(reading: Reading, accountId: AccountId) {
  return (await findAccount(reading, accountId)) ?? (await findPending(reading, accountId))
}

/**
 * How an account stands now, for its owner and for staff.
 *
 * @param sees whether the account may be seen; for one that may not nobody waits, and it is as if it did not exist.
 */
export async function accountNow(
  reading: Reading,
  accountId: AccountId,
  minVersion = 0,
  sees: (account: AccountSummary) => boolean = () => true,
): Promise<AccountResource | undefined> {
  const found = await waitedFor(reading, minVersion, {
    fromView: async () => {
      const account = await findAccountOrPending(reading, accountId)
      return account && sees(account) ? account : undefined
    },
    fromStream: async () => {
      const head = await summaryOfHead(reading, accountId)
      return head.status === 'unopened' ? findPending(reading, accountId) : head
    },
  })
  if (found === undefined) return undefined
  const { name = '' } = await textOf(reading.stores.details, openingOf(accountId))
  return accountResource(found, name)
}

export function accountResource(summary: AccountSummary, name: string): AccountResource {
  const { accountId, kind, owner, currency, status, version } = summary
  return {
    accountId,
    kind,
    name,
    owner,
    currency,
    status: status === 'unopened' ? 'pending' : status,
    balance: toWire(summary.balance),
    held: toWire(summary.held),
    available: toWire(summary.balance - summary.held),
    version,
  }
}

/** What anyone signed in may know of an account before paying it, and nothing else. */
export async function payeeNow(reading: Reading, accountId: AccountId): Promise<PayeeResource | undefined> {
  const found = await findAccount(reading, accountId)
  if (found === undefined) return undefined
  const { name = '' } = await textOf(reading.stores.details, openingOf(accountId))
  return { accountId, kind: found.kind, name, accepts: found.status !== 'closed' }
}
