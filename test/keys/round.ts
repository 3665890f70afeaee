import { createHash } from 'node:crypto'
import type { Answer } from '@remit/api/http/answer'
import type { StoredItem } from '@remit/documents/documents'
import { defaultSettings as settings } from '@remit/domain/settings'
import { decideCommands, deciding } from '@remit/functions-commands/decide-commands'
import { expect } from 'vitest'
import { type App, bodyOf, funded, wholeApp } from '../api/whole-app.ts'
import { Random } from '../simulation/random.ts'

/** Keys in one world: so much is in memory at a time. */
export const ROUND = 2_000
const ACCOUNTS = 20
const THIRTY_DAYS = 30 * 86_400_000
const BATCH = 100
/** Requests sent in one moment. */
const AT_ONCE = 40

type Body = { from: string; to: string; amount: string; memo?: string }
type Wish = { readonly key: string; readonly as: string; readonly body: Body; readonly times: number }
type Heard = { status: number; transferId: unknown; replayed: boolean }

/**
 * One world with some keys: sends them, lets everything take its course, sends them again thirty days later, hands the
 * stored commands to a handler that remembers nothing, and counts what came of it from the raw items.
 */
export async function runRound(seed: number, keys: number) {
  const random = new Random(seed)
  const app = wholeApp()
  const accounts: string[] = []
  for (let n = 0; n < ACCOUNTS; n++) accounts.push(await funded(app, `user-${n}`, '900000000'))
  const wishes = Array.from({ length: keys }, (_, n) => wishOf(random, n, accounts))
  const changed = wishes.filter(() => random.chance(0.1))
  const racing = new Set(changed.filter(() => random.chance(0.1)))
  const did = { keys, requests: 0, replays: 0, altered: 0, mostTimes: Math.max(...wishes.map(({ times }) => times)) }
  const transfers = new Map<string, unknown>()
  /** What a key stands for: of two bodies sent at once, the one that was first. */
  const stands = new Map(wishes.map(({ key, body }) => [key, body]))

  const sendAll = async (some: readonly Wish[]) => {
    for (let start = 0; start < some.length; start += AT_ONCE) {
      const now = some.slice(start, start + AT_ONCE)
      const heard = await Promise.all(now.map(wish => send(app, wish, stands.get(wish.key) ?? wish.body)))
      for (const [index, { status, transferId, replayed }] of heard.entries()) {
        const { key } = now[index] as Wish
        expect(status).toBe(202)
        if (transfers.has(key)) expect(replayed || transfers.get(key) === transferId).toBe(true)
        expect(transfers.get(key) ?? transferId).toBe(transferId)
        transfers.set(key, transferId)
        did.replays += replayed ? 1 : 0
      }
      did.requests += now.length
    }
  }
  const sendAltered = async (some: readonly Wish[]) => {
    const before = stored(app)
    for (const wish of some) {
      const body = altered(random, stands.get(wish.key) ?? wish.body)
      const answer = await app.ask('POST /v1/transfers', { as: wish.as, key: wish.key, body })
      expect(answer.status).toBe(422)
      expect(bodyOf(answer).differs).not.toEqual([])
    }
    expect(stored(app)).toBe(before)
    did.altered += some.length
    did.requests += some.length
  }

  for (const wish of racing) {
    const other = { ...wish.body, amount: String(Number(wish.body.amount) + 1) }
    const { body, transferId } = await race(app, wish, other, did)
    stands.set(wish.key, body)
    transfers.set(wish.key, transferId)
  }
  const repeated = (share: number) => wishes.flatMap(wish => Array(Math.ceil((wish.times - 1) * share)).fill(wish))
  await sendAll(shuffled(random, [...wishes.filter(wish => !racing.has(wish)), ...repeated(0.3)]))
  await sendAltered(changed)
  await app.pump()
  await sendAltered(changed)
  await sendAll(shuffled(random, repeated(0.3)))
  await app.pump()
  const outcomes = outcomesIn(app)
  await app.world.sleep(THIRTY_DAYS)
  await sendAll(shuffled(random, repeated(0.4)))
  await sendAltered(changed)
  await decideAgain(app, item => item)
  await decideAgain(app, item => ({ ...item, _ts: Math.floor(app.world.now() / 1000) }))
  await app.pump()

  const after = outcomesIn(app)
  expect(after).toEqual(outcomes)
  const sent = new Map<string, Body>()
  for (const { streamId, events } of appendsOf(app)) {
    for (const { type, data, commandId } of events) {
      if (type !== 'CreditsSent') continue
      expect(sent.has(commandId)).toBe(false)
      sent.set(commandId, { from: streamId, to: data.to, amount: String(data.amount) })
    }
  }
  expect(sent.size).toBe(keys)
  for (const { key } of wishes) {
    const { from, to, amount } = stands.get(key) as Body
    expect(sent.get(String(transfers.get(key)))).toEqual({ from, to, amount })
  }
  return did
}

function wishOf(random: Random, n: number, accounts: readonly string[]): Wish {
  const payer = random.between(0, ACCOUNTS - 1)
  const from = accounts[payer] ?? ''
  const to = accounts[(payer + random.between(1, ACCOUNTS - 1)) % ACCOUNTS] ?? ''
  const amount = String(random.between(1, 9_000))
  const memo = random.chance(0.3) ? { memo: `for ${n}` } : {}
  // Most are sent a few times, some fifty.
  const times = n % 1_000 === 7 ? 50 : 1 + Math.floor(50 * random.next() ** 12)
  return { key: `key-${n}`, as: `user-${payer} user`, body: { from, to, amount, ...memo }, times }
}

function altered(random: Random, body: Body): Body {
  const dice = random.between(0, 2)
  if (dice === 0) return { ...body, amount: String(Number(body.amount) + 1) }
  if (dice === 1) return { ...body, to: body.from }
  return { ...body, memo: `${body.memo ?? ''}!` }
}

async function send(app: App, { key, as }: Wish, body: Body): Promise<Heard> {
  const answer = await app.ask('POST /v1/transfers', { as, key, body })
  const replayed = answer.headers?.['idempotent-replayed'] === 'true'
  return { status: answer.status, transferId: bodyOf(answer).transferId, replayed }
}

/** Two bodies under one key in the same moment: one is taken, the other is told that the key stands for something else. */
async function race(app: App, wish: Wish, other: Body, did: { requests: number; altered: number }) {
  const bodies = [wish.body, other]
  const answers = await Promise.all(
    bodies.map(body => app.ask('POST /v1/transfers', { as: wish.as, key: wish.key, body })),
  )
  expect(answers.map(({ status }) => status).sort()).toEqual([202, 422])
  did.requests += 2
  did.altered += 1
  const taken = answers.findIndex(({ status }) => status === 202)
  return { body: bodies[taken] as Body, transferId: bodyOf(answers[taken] as Answer).transferId }
}

/** The handler gets all stored commands again, and remembers nothing. */
async function decideAgain(app: App, change: (item: StoredItem) => StoredItem): Promise<void> {
  const before = app.memory.events.all().length
  const cold = deciding({ ...app.memory, world: app.world, settings })
  const items = app.memory.commands.all()
  for (let start = 0; start < items.length; start += BATCH) {
    await decideCommands(cold, items.slice(start, start + BATCH).map(change))
  }
  expect(app.memory.events.all().length).toBe(before)
}

type Append = {
  streamId: string
  outcomes: { commandId: string }[]
  events: { type: string; commandId: string; data: { to: string; amount: number } }[]
}

const appendsOf = (app: App) => app.memory.events.all() as unknown as Append[]

/** Each command's recorded outcome, as text; a second one for a command fails. */
function outcomesIn(app: App): ReadonlyMap<string, string> {
  const outcomes = new Map<string, string>()
  for (const { outcomes: some } of appendsOf(app)) {
    for (const outcome of some) {
      expect(outcomes.has(outcome.commandId)).toBe(false)
      outcomes.set(outcome.commandId, JSON.stringify(outcome))
    }
  }
  return outcomes
}

/** A digest of all commands and texts stored. */
function stored(app: App): string {
  const items = [app.memory.commands, app.memory.details].map(container => container.all())
  return createHash('sha256').update(JSON.stringify(items)).digest('hex')
}

function shuffled<Item>(random: Random, items: readonly Item[]): Item[] {
  const all = [...items]
  for (let last = all.length - 1; last > 0; last--) {
    const other = random.between(0, last)
    const item = all[last] as Item
    all[last] = all[other] as Item
    all[other] = item
  }
  return all
}
