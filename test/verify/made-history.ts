import { summaryOf } from '@remit/api/resources/account'
import { accountRule } from '@remit/domain/account/account'
import type { AccountCommand, CommandType } from '@remit/domain/account/commands'
import type { Recorded } from '@remit/domain/account/recorded'
import type { Account } from '@remit/domain/account/state'
import type { AccountId, TransferId } from '@remit/domain/ids'
import { defaultSettings } from '@remit/domain/settings'
import { factsIn, mergeFacts, type TransferFacts } from '@remit/domain/transfer/facts'
import { owed } from '@remit/domain/transfer/process'
import { wishHash } from '@remit/domain/wish'
import type { Append } from '@remit/event-store/append'
import { appendOf, decideInOrder } from '@remit/event-store/decide-append'
import { emptyHead, type Head, headAfter } from '@remit/event-store/head'
import { entriesOf } from '@remit/functions-projections/projection/entries'
import { operationsOf, ownedAccount } from '@remit/functions-projections/projection/project-operations'
import { viewOf } from '@remit/functions-projections/projection/project-transfers'
import type { VerifiedContainer } from '@remit/verify/source'

type Sink = (container: VerifiedContainer, partition: string, item: Record<string, unknown>) => void
type Options = { readonly seed: number; readonly accounts: number; readonly transfers: number; readonly sink: Sink }
type Stamped = AccountCommand & { readonly _ts: number }
type Holder = { readonly id: AccountId; readonly owner: string; head: Head<Account>; pending: Stamped[] }
type Wanted = Pick<AccountCommand, 'type' | 'streamId' | 'data'> & { readonly id?: string; readonly actor?: string }

const rule = accountRule(defaultSettings)
const HOUR = 3_600_000
const DAY = 24 * HOUR
/** When every made history begins; it is long over. */
const BEGIN = Date.UTC(2026, 0, 1)

/** Numbers from 0 up to 1, the same for the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** What a system leaves behind after so many transfers, made by the real rule, the real process and the real views. */
export function makeHistory({ seed, accounts, transfers, sink }: Options): void {
  const random = randomFrom(seed)
  const below = (limit: number) => Math.floor(random() * limit)
  const uuid = () => {
    const hex = [0, 1, 2, 3]
      .map(() =>
        below(2 ** 32)
          .toString(16)
          .padStart(8, '0'),
      )
      .join('')
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`
  }
  let now = BEGIN
  let stored = 0
  const store: Sink = (container, partition, item) => {
    stored += 1
    const _rid = `rid${stored.toString(36)}==`
    const _self = `dbs/remit/colls/${container}/docs/${_rid}/`
    const _ts = Math.floor(now / 1000)
    sink(container, partition, { ...item, _rid, _self, _etag: `"${_rid}"`, _attachments: 'attachments/', _ts })
  }
  const holders = new Map<AccountId, Holder>()
  const open = new Map<TransferId, TransferFacts>()
  const holder = (id: AccountId, owner = '') => {
    const known = holders.get(id) ?? { id, owner, head: emptyHead(rule.initial), pending: [] }
    holders.set(id, known)
    return known
  }

  const send = ({ type, streamId, data, id = `${streamId}_${uuid()}`, actor = 'someone' }: Wanted) => {
    const kind = id.includes('.') ? 'process' : 'person'
    const envelope = { id, actor: { kind, id: actor }, at: new Date(now).toISOString(), correlationId: uuid() }
    const traceparent = `00-${uuid().replaceAll('-', '')}-${uuid().slice(0, 8)}${uuid().slice(0, 8)}-01`
    const wish = { type, streamId, data } as Pick<AccountCommand, 'type' | 'streamId' | 'data'>
    const command = { ...envelope, ...wish, traceparent, hash: wishHash(wish) } as AccountCommand
    store('commands', streamId, command)
    holder(streamId).pending.push({ ...command, _ts: Math.floor(now / 1000) })
    return id
  }

  const record = (one: Holder) => {
    const { head, id } = one
    const decided = decideInOrder(rule, head, one.pending, 90)
    one.pending = [...decided.left]
    const [by] = decided.answered
    if (by === undefined) return
    const item = appendOf(rule.reducer, head, decided, { now, queued: [], parked: undefined, by })
    const recorded = item as Append & Recorded
    one.head = headAfter(item, decided.state)
    store('events', id, item)
    for (const entry of entriesOf(recorded, item.id, head.state.balance)) store('accounts', id, entry)
    for (const operation of operationsOf(recorded)) store('operations', id, operation)
    for (const event of recorded.events) {
      if (event.type !== 'AccountOpened') continue
      store('owners', event.data.owner, ownedAccount(id, event.data.owner, item.at))
    }
    for (const facts of factsIn(recorded, defaultSettings.currency)) {
      const known = open.get(facts.transferId)
      const all = known ? mergeFacts(known, facts) : facts
      const { refused, declined, expired, received, returned } = all
      if (refused || declined || expired || received || returned) {
        open.delete(facts.transferId)
        store('transfers', facts.transferId, viewOf(all))
        continue
      }
      open.set(facts.transferId, all)
      for (const command of owed(all, new Date(now).toISOString())) send({ ...command, actor: 'transfers' })
    }
  }
  const tick = (milliseconds = 700) => {
    now += milliseconds
    for (const one of [...holders.values()]) if (one.pending.length > 0) record(one)
  }
  const settle = () => {
    while ([...holders.values()].some(({ pending }) => pending.length > 0)) tick()
  }

  const people: Holder[] = []
  for (let index = 0; index < accounts; index++) {
    const owner = `owner-${below(accounts)}`
    const one = holder(uuid() as AccountId, owner)
    people.push(one)
    const data = { kind: random() < 0.2 ? 'merchant' : 'personal', owner } as const
    send({ type: 'OpenAccount', streamId: one.id, data, actor: owner })
    load(one, 1_000_000 + below(50_000_000))
  }
  settle()

  function load({ id }: Holder, amount: number) {
    send({ type: 'LoadCredits', streamId: id, data: { amount, paymentReference: `card ${below(1e9)}` } })
  }
  const anyone = () => people[below(people.length)] as Holder
  const amountOf = (dice: number) => (dice < 0.02 ? 100_000 + below(1_500_000) : 1 + below(20_000))
  const pay = () => {
    const dice = random()
    const from = anyone()
    const to = dice < 0.01 ? (uuid() as AccountId) : anyone().id
    const text = dice > 0.7 ? { text: (uuid() + uuid()).replaceAll('-', '') } : {}
    const amount = dice > 0.995 ? 1_000_000_000_000 : amountOf(random())
    send({ type: 'SendCredits', streamId: from.id, data: { to, amount, ...text }, actor: from.owner })
  }
  const review = (facts: TransferFacts) => {
    const { transferId, from, held } = facts
    const by = (actor: string, type: CommandType, data: object) => {
      send({ type, streamId: from, data: { transferId, ...data }, actor } as Wanted)
    }
    const dice = random()
    if (dice < 0.6) by('rita', 'ApproveTransfer', { receiverOwner: 'nobody' })
    if (dice < 0.4) by('rob', 'ApproveTransfer', { receiverOwner: 'nobody' })
    if (dice > 0.7 && dice < 0.85) by('rita', 'DeclineTransfer', {})
    const asOf = held?.dueAt ?? ''
    if (dice > 0.97) by('transfers', 'ExpireTransfer', { asOf })
  }
  for (let made = 0; made < transfers; ) {
    for (let some = 0; some < accounts && made < transfers; some++, made++) pay()
    if (random() < 0.3) load(anyone(), 1 + below(100_000))
    if (random() < 0.1) send({ type: 'FreezeAccount', streamId: anyone().id, data: {} })
    if (random() < 0.1) send({ type: 'UnfreezeAccount', streamId: anyone().id, data: {} })
    if (random() < 0.1) send({ type: 'CloseAccount', streamId: anyone().id, data: {} })
    tick()
    for (const facts of open.values()) if (facts.held && !facts.sent && random() < 0.3) review(facts)
    if (random() < 0.001) now += DAY
  }
  settle()
  for (const one of people) if (random() < 0.3) load(one, 1 + below(100_000))
  settle()
  for (const facts of open.values()) store('transfers', facts.transferId, viewOf(facts))
  for (const { id, head } of holders.values()) {
    store('accounts', id, summaryOf(id, head.state, { append: head.number, version: head.version }))
  }
}
