import { containerOf, type Edition, editionsIn, type ViewName, viewNames } from '@remit/api/editions'
import { type Documents, StoreUnavailable } from '@remit/documents/documents'
import { dropBefore, NothingKept, rebuildView, rollBack } from '@remit/rebuild/rebuild-view'
import { SEEN_BY_ALL } from '@remit/rebuild/rebuilding'
import { beforeEach, describe, expect, test } from 'vitest'
import { type App, bodyOf, funded, wholeApp } from '../api/whole-app.ts'
import { Random } from '../simulation/random.ts'
import { rebuildingOf, throughEach } from './rebuilding.ts'

let app: App
let alice = ''
let bob = ''
let sent = 0

beforeEach(async () => {
  app = wholeApp()
  sent = 0
  alice = await funded(app, 'alice')
  bob = await funded(app, 'bob')
  for (const amount of ['100', '250', '200000']) await send(amount)
})

async function send(amount: string) {
  const body = { from: alice, to: bob, amount }
  const answer = await app.ask('POST /v1/transfers', { as: 'alice user', key: `key-${++sent}`, body })
  await app.pump()
  return String(bodyOf(answer).transferId)
}

/** What an edition holds, without what the store adds. */
function content(view: ViewName, edition: Edition): string[] {
  const items = app.memory[containerOf(view, edition)].all()
  return items.map(({ _etag, _ts, ...item }) => JSON.stringify(item, Object.keys(item).sort())).sort()
}

async function shown() {
  const statement = bodyOf(await app.ask(`GET /v1/accounts/${alice}/statement`, { as: 'alice user' }))
  const transfers = bodyOf(
    await app.ask('GET /v1/transfers', { as: 'alice user', query: { account: alice, accountId: alice } }),
  )
  const accounts = bodyOf(await app.ask('GET /v1/accounts', { as: 'alice user' }))
  return { statement, transfers, accounts }
}

const editionsOf = (view: ViewName) => app.memory.views.all().find(({ id }) => id === view)

describe.each(viewNames)('the view of %s', view => {
  test('is folded anew, switched, kept up to date on both sides, rolled back and dropped', async () => {
    const before = await shown()
    const rebuilt = await rebuildView(rebuildingOf(app), view)
    expect(rebuilt).toMatchObject({ read: 'b', streams: 2, unfolded: { count: 0 }, differences: { count: 0 } })
    expect(rebuilt.compared).toBe(content(view, 'a').length)
    expect(content(view, 'b')).toEqual(content(view, 'a'))
    expect(await shown()).toEqual(before)

    await send('300')
    await funded(app, 'carol')
    const after = await shown()
    expect(after).not.toEqual(before)
    expect(content(view, 'b')).toEqual(content(view, 'a'))
    await app.world.sleep(1_000)
    expect(await shown()).toEqual(after)

    expect(await rollBack(rebuildingOf(app), view)).toBe('a')
    await app.world.sleep(1_000)
    await send('400')
    expect(content(view, 'b')).toEqual(content(view, 'a'))
    expect(editionsOf(view)).toMatchObject({ read: 'a', before: 'b' })
    expect(await rollBack(rebuildingOf(app), view)).toBe('b')

    expect(await dropBefore(rebuildingOf(app), view)).toBe('a')
    expect(content(view, 'a')).toEqual([])
    await send('500')
    expect(content(view, 'a')).toEqual([])
    await expect(rollBack(rebuildingOf(app), view)).rejects.toThrow(NothingKept)

    expect(await rebuildView(rebuildingOf(app), view)).toMatchObject({ read: 'a', differences: { count: 0 } })
    expect(content(view, 'a')).toEqual(content(view, 'b'))
  })

  test('that was lost is there again, and whoever reads sees it within a second', async () => {
    const before = await shown()
    for (const item of app.memory[view].all()) {
      const partition = { accounts: 'accountId', transfers: 'transferId', operations: 'accountId', owners: 'owner' }
      await app.memory[view].remove({ partition: String(item[partition[view]]), id: item.id })
    }
    const first = await rebuildView(rebuildingOf(app), view)
    // The view of the accounts says how far all views are: it is mended first.
    const differences = view === 'accounts' ? 0 : content(view, 'b').length
    expect(first).toMatchObject({ read: differences > 0 ? undefined : 'b', differences: { count: differences } })
    if (differences > 0) await rebuildView(rebuildingOf(app), view, { acceptDifferences: true })
    expect(editionsOf(view)).toMatchObject({ read: 'b' })
    await app.world.sleep(1_000)
    expect(await shown()).toEqual(before)
  })

  test('with an item that was altered is not switched unless that is wanted, and the item is named', async () => {
    const item = app.memory[view].all()[1] as { id: string }
    app.memory[view].take({ ...item, altered: true } as never)
    const rebuilt = await rebuildView(rebuildingOf(app), view)
    expect(rebuilt).toMatchObject({ read: undefined, differences: { count: 1, list: [{ id: item.id }] } })
    expect(rebuilt.differences.list[0]?.says).toContain('altered')
    expect(editionsOf(view)).toMatchObject({ read: 'a', kept: ['a'] })
    await rebuildView(rebuildingOf(app), view, { acceptDifferences: true })
    expect(editionsOf(view)).toMatchObject({ read: 'b', before: 'a', kept: ['a', 'b'] })
  })

  test('can be begun again wherever its process died, and nobody notices', async () => {
    const before = await shown()
    let points = 0
    for (let done = false; !done; points++) {
      let asked = 0
      const dying = throughEach(async work => {
        if (++asked > points) throw new Error('dead')
        return work()
      })
      done = await rebuildView(rebuildingOf(app, dying), view).then(
        () => true,
        () => false,
      )
      expect(await shown()).toEqual(before)
      await app.world.sleep(SEEN_BY_ALL)
    }
    expect(points).toBeGreaterThan(15)
    expect(editionsOf(view)).toMatchObject({ read: 'b', before: 'a' })
    expect(content(view, 'b')).toEqual(content(view, 'a'))
  })

  test('is rebuilt although a third of all questions fail, before or after it took effect', async () => {
    const random = new Random(1)
    const flaky = throughEach(async (work, isWrite) => {
      if (random.chance(2 / 3)) return work()
      if (!isWrite) throw new StoreUnavailable('simulated')
      if (random.chance(0.5)) return { result: 'busy' }
      await work()
      return { result: 'unknown' }
    })
    expect(await rebuildView(rebuildingOf(app, flaky), view)).toMatchObject({ read: 'b', differences: { count: 0 } })
    expect(content(view, 'b')).toEqual(content(view, 'a'))
  })
})

test('an account that cannot be folded stops the switch, whatever is accepted', async () => {
  const append = app.memory.events.all().find(item => item.streamId === bob) as { id: string }
  app.memory.events.take({ ...append, events: 'unreadable' } as never)
  const rebuilt = await rebuildView(rebuildingOf(app), 'accounts', { acceptDifferences: true })
  expect(rebuilt).toMatchObject({ read: undefined, unfolded: { count: 1, list: [{ partition: bob }] } })
})

test('an edition that is kept, and cannot be written, stops nobody', async () => {
  const broken = wholeApp((name, documents) => {
    if (name !== 'accounts-b' && name !== 'transfers-b') return documents
    const fail = async () => {
      throw new TypeError('simulated')
    }
    return { ...documents, writeTogether: fail, writeEach: fail }
  })
  for (const id of ['accounts', 'transfers']) {
    await broken.memory.views.write({ kind: 'create', item: { id, read: 'a', kept: ['a', 'b'] } })
  }
  const account = await funded(broken, 'alice')
  expect(broken.memory.parked.all()).toEqual([])
  expect(broken.published.length).toBeGreaterThan(1)
  const answer = await broken.ask(`GET /v1/accounts/${account}`, { as: 'alice user' })
  expect(bodyOf(answer)).toMatchObject({ status: 'open', balance: '5000000' })
})

test('what is known of the editions is asked once a second, and never older than that', async () => {
  let now = 0
  let asked = 0
  const views = app.memory.views
  const counted: Documents = {
    ...views,
    readMany: keys => {
      asked += 1
      return views.readMany(keys)
    },
  }
  const editions = editionsIn(counted, { now: () => now })
  const [first, second] = await Promise.all([editions.now(), editions.now()])
  expect(first).toBe(second)
  now = 999
  expect(await editions.now()).toBe(first)
  expect(asked).toBe(1)
  now = 1_000
  expect(await editions.now()).toBe(first)
  expect(asked).toBe(2)
  await views.write({ kind: 'create', item: { id: 'owners', read: 'b', kept: ['a', 'b'] } })
  // A clock that goes back makes nothing older.
  now = 0
  expect((await editions.now()).owners.read).toBe('b')
})
