import { handHere } from '@remit/verify/crew'
import { verdictLines } from '@remit/verify/verdict-lines'
import { verify } from '@remit/verify/verify'
import { expect, test } from 'vitest'
import { memorySource, type StoredItems, storedHistory } from './stored-items.ts'

const NOW = Date.UTC(2027, 0, 1)

function check(items: StoredItems) {
  const source = memorySource(items)
  const hands = (options: Parameters<typeof handHere>[1]) => [handHere(source, options)]
  return verify(source, { hands, key: 'any', now: () => NOW, grace: 60_000, progress: () => {} })
}

/** A history with one more command, stored so many seconds ago and not handled. */
function withUnhandled(secondsAgo: number) {
  const items = storedHistory(1)
  const loads = items.commands.filter(({ item }) => item.type === 'LoadCredits')
  const { partition = '', item } = loads[0] ?? {}
  const id = `${partition}_00000000-0000-4000-8000-000000000000`
  items.commands.push({ partition, item: { ...item, id, _ts: NOW / 1000 - secondsAgo } })
  return { items, partition, id }
}

test('a young command may wait for its outcome, an old one may not', async () => {
  const young = await check(withUnhandled(30).items)
  expect(young.findings.list).toEqual([])
  expect(young.figures.waiting).toBe(1)
  const { items, id } = withUnhandled(90)
  const old = await check(items)
  expect(old.findings.list).toMatchObject([{ container: 'commands', id, rule: 'outcome' }])
})

test('a parked command waits for a person, and is listed', async () => {
  const { items, partition, id } = withUnhandled(90)
  const parked = {
    id: `decideCommands:${id}`,
    streamId: partition,
    itemId: id,
    handler: 'decideCommands',
    why: 'a defect',
  }
  items.parked.push({ partition, item: { ...parked, open: true } })
  const verdict = await check(items)
  expect(verdict.findings.list).toEqual([])
  expect(verdict.figures.parked).toBe(1)
  expect(verdictLines(verdict, 1)).toContain(`Parked by decideCommands: ${partition} ${id}: a defect`)
})

test('a view that is behind is compared where it is', async () => {
  const items = storedHistory(1)
  const tails = items.events.filter(({ partition, item }) => {
    const last = items.events.findLast(stored => stored.partition === partition)?.item === item
    return last && (item.outcomes as { type: string }[]).every(({ type }) => type === 'LoadCredits')
  })
  const [tail] = tails
  if (tail === undefined) throw new Error('no stream ends in loads')
  const stream = items.events.filter(({ partition }) => partition === tail.partition)
  const before = stream.at(-2)?.item as { id: string; to: number; after: { state: { balance: number } } }
  const answered = (tail.item.outcomes as { commandId: string }[]).map(({ commandId }) => commandId)
  items.operations = items.operations.filter(({ item }) => !answered.includes(String(item.id)))
  const entries = `entry-${tail.item.id}`
  items.accounts = items.accounts.filter(({ partition, item }) => {
    return partition !== tail.partition || !String(item.id).startsWith(entries)
  })
  const summary = items.accounts.find(({ partition, item }) => partition === tail.partition && item.id === 'summary')
  const shown = { append: Number(before.id), version: before.to, balance: before.after.state.balance }
  Object.assign(summary?.item ?? {}, shown)
  const late = await check(items)
  expect(late.findings.list).toEqual([])
  expect(late.figures.behind).toBe(1)
  Object.assign(summary?.item ?? {}, { ...shown, balance: shown.balance + 1 })
  const wrong = await check(items)
  expect(wrong.findings.list).toMatchObject([{ container: 'accounts', partition: tail.partition, id: 'summary' }])
})
