import { type ChangeFeedIteratorOptions, ChangeFeedStartFrom, type Container } from '@azure/cosmos'
import { describe, expect, it } from 'vitest'
import { refusal, throughEachDoor } from './doors.ts'

type Change = { id: string; pk: string; n?: number; _lsn: number; _ts: number; _etag: string }

async function read(container: Container, options: ChangeFeedIteratorOptions, quietTurns = 3) {
  const iterator = container.items.getChangeFeedIterator<Change>(options)
  const changes: Change[] = []
  let token = ''
  for (let quiet = 0; quiet < quietTurns; ) {
    const { statusCode, result, continuationToken } = await iterator.readNext()
    token = continuationToken
    if (statusCode === 304) quiet++
    else changes.push(...result)
  }
  return { changes, token, iterator }
}

const ids = ({ changes }: { changes: readonly Change[] }) => changes.map(({ id }) => id)
const beginning = { changeFeedStartFrom: ChangeFeedStartFrom.Beginning('x') }

/** What is done to the items `a` and `b`, in this order, and what the feed shows of their partition. */
const histories: [what: string, act: (container: Container) => Promise<unknown>, shown: string[]][] = [
  ['nothing', async () => undefined, ['a', 'b']],
  ['a create', container => container.items.create({ id: 'c', pk: 'x' }), ['a', 'b', 'c']],
  ['a replace', container => container.item('a', 'x').replace({ id: 'a', pk: 'x' }), ['b', 'a']],
  ['an upsert', container => container.items.upsert({ id: 'a', pk: 'x' }), ['b', 'a']],
  ['a patch', container => container.item('a', 'x').patch([{ op: 'set', path: '/n', value: 1 }]), ['b', 'a']],
  ['a delete', container => container.item('a', 'x').delete(), ['b']],
  ['a write elsewhere', container => container.items.create({ id: 'c', pk: 'y' }), ['a', 'b']],
  ['a failed create', container => container.items.create({ id: 'a', pk: 'x' }).catch(() => undefined), ['a', 'b']],
  [
    'a failed batch',
    container =>
      container.items.batch(
        [
          { operationType: 'Upsert', resourceBody: { id: 'a', pk: 'x' } },
          { operationType: 'Delete', id: 'missing' },
        ],
        'x',
      ),
    ['a', 'b'],
  ],
  ['the end of the partition', container => container.deleteAllItemsForPartitionKey('x'), []],
]

throughEachDoor('change feed of a key', ({ isLocal, newContainer }) => {
  const filled = async () => {
    const container = await newContainer()
    for (const id of ['a', 'b']) await container.items.create({ id, pk: 'x' })
    return container
  }

  const atOnce = isLocal ? histories : histories.filter(([what]) => what !== 'the end of the partition')
  it.each(atOnce)('after %s', async (_, act, shown) => {
    const container = await filled()
    await act(container)
    expect(ids(await read(container, beginning))).toEqual(shown)
  })

  it.each(atOnce.slice(1))('from now on, after %s', async (_, act, shown) => {
    const container = await filled()
    const now = await read(container, { changeFeedStartFrom: ChangeFeedStartFrom.Now('x') }, 1)
    expect(now.changes).toEqual([])
    await act(container)
    const later = await read(container, { changeFeedStartFrom: ChangeFeedStartFrom.Continuation(now.token) })
    expect(ids(later)).toEqual(shown.slice(shown.indexOf('b') + 1).filter(id => id !== 'b' || !shown.includes('a')))
  })

  describe('shows', () => {
    it('the last state of an item with its own numbers, which rise', async () => {
      const container = await filled()
      await container.item('a', 'x').replace({ id: 'a', pk: 'x', n: 2 })
      const { changes } = await read(container, beginning)
      const { resource } = await container.item('a', 'x').read()
      expect(changes.at(-1)).toMatchObject({ n: 2, _etag: resource._etag, _ts: resource._ts })
      expect(changes[0]?._lsn).toBeLessThan(changes[1]?._lsn ?? 0)
    })

    it('pages no longer than asked for', async () => {
      const container = await filled()
      const iterator = container.items.getChangeFeedIterator<Change>({ ...beginning, maxItemCount: 1 })
      for (const id of ['a', 'b']) expect(ids({ changes: (await iterator.readNext()).result })).toEqual([id])
      expect((await iterator.readNext()).statusCode).toBe(304)
    })

    it('the same again from the same continuation', async () => {
      const container = await filled()
      const { token } = await read(container, beginning)
      await container.items.create({ id: 'c', pk: 'x' })
      const again = { changeFeedStartFrom: ChangeFeedStartFrom.Continuation(token) }
      for (let time = 0; time < 2; time++) expect(ids(await read(container, again))).toEqual(['c'])
    })

    it('each key for itself', async () => {
      const container = await filled()
      await container.items.create({ id: 'c', pk: 'y' })
      const other = await read(container, { changeFeedStartFrom: ChangeFeedStartFrom.Beginning('y') })
      expect(ids(other)).toEqual(['c'])
      const empty = await read(container, { changeFeedStartFrom: ChangeFeedStartFrom.Beginning('nobody') })
      expect(ids(empty)).toEqual([])
    })
  })

  it('refuses a continuation that is none', async () => {
    const container = await filled()
    const open = async () =>
      container.items
        .getChangeFeedIterator({ changeFeedStartFrom: ChangeFeedStartFrom.Continuation('{"broken":') })
        .readNext()
    expect((await refusal(open())).message).not.toBe('')
  })
})
