import { digestOf } from '@remit/domain/digest'
import { wishHash } from '@remit/domain/wish'
import type { Append } from '@remit/event-store/append'
import { sealed } from '@remit/event-store/append'
import type { VerifiedContainer } from '@remit/verify/source'
import type { Stored, StoredItems } from './stored-items.ts'

type Random = () => number
type Item = Record<string, unknown>

/** What was done to which item. `needsExport`: nothing but an earlier export can tell. */
export type Tampering = {
  readonly container: VerifiedContainer
  readonly partition: string
  readonly id: string
  readonly what: string
  readonly needsExport?: boolean
}

const written = ['events', 'commands', 'accounts', 'transfers', 'operations', 'owners'] as const

/** Does one thing to the items that nobody may do; undefined where there was nothing to do it to. */
export function tamper(items: StoredItems, random: Random): Tampering | undefined {
  const ways = Object.entries(tamperings)
  const [what, way] = pick(ways, random)
  const done = way(items, random)
  return done && { what, ...done }
}

const pick = <One>(list: readonly One[], random: Random) => list[Math.floor(random() * list.length)] as One

function named(container: VerifiedContainer, { partition, item }: Stored) {
  return { container, partition, id: String(item.id) }
}

function any(items: StoredItems, container: VerifiedContainer, random: Random): Stored {
  return pick(items[container], random)
}

const copyOf = <Value>(value: Value): Value => structuredClone(value)

type Way = (items: StoredItems, random: Random) => Omit<Tampering, 'what'> | undefined

const tamperings: Record<string, Way> = {
  'flip a bit': (items, random) => {
    const container = pick(written, random)
    const stored = any(items, container, random)
    const before = named(container, stored)
    const leaves = leavesOf(stored.item).filter(({ path }) => !isFree(container, path))
    const leaf = pick(leaves, random)
    const value = flipped(leaf.value, random)
    leaf.set(value)
    // What says that it belongs to another stream lies there from now on, and is named there.
    return leaf.path.join('.') === 'streamId' ? { ...before, partition: String(value) } : before
  },
  'edit an amount and seal the item again': (items, random) => {
    const stored = any(items, 'events', random)
    const item = stored.item as unknown as Append
    const event = item.events.find(({ data }) => typeof (data as Item).amount === 'number')
    if (event === undefined) return undefined
    const data = event.data as { amount: number }
    data.amount += 1 + Math.floor(random() * 100)
    const { hash: _, ...rest } = ownOf(stored.item) as unknown as Append
    stored.item.hash = sealed(rest).hash
    return named('events', stored)
  },
  'delete an item': (items, random) => {
    const container = pick(written, random)
    const stored = any(items, container, random)
    items[container].splice(items[container].indexOf(stored), 1)
    return named(container, stored)
  },
  'duplicate an item': (items, random) => {
    const container = pick(written, random)
    const stored = any(items, container, random)
    items[container].push(copyOf(stored))
    return named(container, stored)
  },
  'swap two appends': (items, random) => {
    const first = any(items, 'events', random)
    const stream = items.events.filter(({ partition }) => partition === first.partition)
    const second = stream[stream.indexOf(first) + 1]
    if (second === undefined) return undefined
    const id = first.item.id
    first.item.id = second.item.id
    second.item.id = id
    return { ...named('events', first), id: '*' }
  },
  'cut a tail and everything that tells of it': (items, random) => {
    const { partition } = any(items, 'events', random)
    const stream = items.events.filter(stored => stored.partition === partition)
    const [before, last] = stream.slice(-2)
    const item = last?.item as unknown as Append | undefined
    const alone = item?.outcomes.every(({ type }) => type === 'LoadCredits')
    if (before === undefined || last === undefined || item === undefined || !alone) return undefined
    const answered = new Set<unknown>(item.outcomes.map(({ commandId }) => commandId))
    items.events.splice(items.events.indexOf(last), 1)
    for (const container of ['commands', 'operations'] as const) {
      items[container] = items[container].filter(stored => !answered.has(stored.item.id))
    }
    items.accounts = items.accounts.filter(stored => {
      return stored.partition !== partition || !String(stored.item.id).startsWith(`entry-${item.id}`)
    })
    const summary = items.accounts.find(stored => stored.partition === partition && stored.item.id === 'summary')
    const left = before.item as unknown as Append
    const { balance } = left.after.state as { balance: number }
    Object.assign(summary?.item ?? {}, { append: Number(left.id), version: left.to, balance })
    return { ...named('events', last), needsExport: true }
  },
  'cut the tail of a stream': (items, random) => {
    const { partition } = any(items, 'events', random)
    const last = items.events.findLast(stored => stored.partition === partition)
    if (last === undefined) return undefined
    items.events.splice(items.events.indexOf(last), 1)
    return named('events', last)
  },
  'edit a statement line': (items, random) => {
    const lines = items.accounts.filter(({ item }) => item.line !== undefined)
    const stored = pick(lines, random)
    const line = stored.item.line as { change: number; balance: number }
    line.change += 1
    line.balance += 1
    return named('accounts', stored)
  },
  'add a foreign statement line': (items, random) => {
    const stored = copyOf(any(items, 'accounts', random))
    stored.item.id = `entry-000000000001-${500 + Math.floor(random() * 400)}`
    if (stored.item.status !== undefined) return undefined
    items.accounts.push(stored)
    return named('accounts', stored)
  },
  'edit a command and its hash': (items, random) => {
    const stored = any(items, 'commands', random)
    const data = stored.item.data as { amount?: number }
    if (data.amount === undefined) return undefined
    data.amount += 1
    stored.item.hash = wishHash(stored.item as Parameters<typeof wishHash>[0])
    return named('commands', stored)
  },
  'edit an event and seal all that follow again': (items, random) => {
    const stored = any(items, 'events', random)
    const event = (stored.item as unknown as Append).events.find(({ data }) => 'amount' in (data as Item))
    if (event === undefined) return undefined
    const data = event.data as { amount: number }
    data.amount += 1
    sealAgain(items, stored)
    return named('events', stored)
  },
  'edit an event with its outcome, its state and all that follow': (items, random) => {
    const stored = any(items, 'events', random)
    const item = stored.item as unknown as Append
    const event = item.events.find(({ type }) => type === 'CreditsLoaded')
    const outcome = item.outcomes.find(({ commandId }) => commandId === event?.commandId)
    if (event === undefined || outcome === undefined) return undefined
    const data = event.data as { amount: number; paymentReference: string }
    data.amount += 1000
    const wish = { amount: data.amount, paymentReference: data.paymentReference }
    outcome.hash = digestOf({ type: 'LoadCredits', streamId: stored.partition, data: wish })
    sealAgain(items, stored, 1000)
    return { container: 'commands', partition: stored.partition, id: event.commandId }
  },
}

/** Members a view may show late, whatever the store itself adds, and what no hash and no event repeats. */
function isFree(container: VerifiedContainer, path: readonly string[]): boolean {
  const [first = ''] = path
  const member = `${container} ${path.join('.')}`
  return first.startsWith('_') || member === 'accounts append' || member === 'commands data.receiverOwner'
}

/** Makes the chain whole again from this append on, and its states richer. */
function sealAgain(items: StoredItems, from: Stored, richer = 0): void {
  const stream = items.events.filter(({ partition }) => partition === from.partition)
  let previousHash = from.item.previousHash as string
  for (const { item } of stream.slice(stream.indexOf(from))) {
    const { state } = item.after as { state: { balance: number } }
    state.balance += richer
    const { hash: _, ...rest } = ownOf(item) as unknown as Append
    Object.assign(item, sealed({ ...rest, previousHash }))
    previousHash = item.hash as string
  }
}

function ownOf(item: Item): Item {
  return Object.fromEntries(Object.entries(item).filter(([name]) => !name.startsWith('_')))
}

type Leaf = {
  readonly path: readonly string[]
  readonly value: string | number
  readonly set: (value: unknown) => void
}

function leavesOf(item: object, path: readonly string[] = []): Leaf[] {
  return Object.entries(item).flatMap(([name, value]) => {
    const here = [...path, name]
    if (typeof value === 'object' && value !== null) return leavesOf(value, here)
    if (typeof value !== 'string' && typeof value !== 'number') return []
    const set = (changed: unknown) => {
      Object.assign(item, { [name]: changed })
    }
    return [{ path: here, value, set }]
  })
}

function flipped(value: string | number, random: Random): string | number {
  if (typeof value === 'number') return value ^ (1 << Math.floor(random() * 20))
  if (value === '') return 'a'
  const at = Math.floor(random() * value.length)
  const bit = 1 << Math.floor(random() * 6)
  return value.slice(0, at) + String.fromCharCode(value.charCodeAt(at) ^ bit) + value.slice(at + 1)
}
