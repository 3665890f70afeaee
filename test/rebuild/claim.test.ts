import { Taken } from '@remit/rebuild/claim'
import { rebuildView } from '@remit/rebuild/rebuild-view'
import { SEEN_BY_ALL } from '@remit/rebuild/rebuilding'
import { beforeEach, expect, test } from 'vitest'
import { type App, funded, wholeApp } from '../api/whole-app.ts'
import { rebuildingOf, type Through } from './rebuilding.ts'

let app: App
beforeEach(async () => {
  app = wholeApp()
  await funded(app, 'alice')
})

test('two who rebuild the same view: one does, the other is told; another view is free', async () => {
  const both = await Promise.allSettled([
    rebuildView(rebuildingOf(app), 'accounts'),
    rebuildView(rebuildingOf(app), 'accounts'),
  ])
  const failed = both.flatMap(one => (one.status === 'rejected' ? [one.reason] : []))
  expect(failed).toHaveLength(1)
  expect(failed[0]).toBeInstanceOf(Taken)
  const views = await Promise.all([
    rebuildView(rebuildingOf(app), 'transfers'),
    rebuildView(rebuildingOf(app), 'operations'),
  ])
  expect(views).toMatchObject([{ read: 'b' }, { read: 'b' }])
})

test('whoever gave up is succeeded a minute later, and changes nothing any more when they come back', async () => {
  let resume = () => {}
  const asleep = new Promise<void>(resolve => {
    resume = resolve
  })
  const slow: Through = (name, documents) => ({
    ...documents,
    scan: async function* (query) {
      if (name === 'events') await asleep
      yield* documents.scan(query)
    },
  })
  const first = rebuildView(rebuildingOf(app, slow), 'transfers')
  const outcome = expect(first).rejects.toThrow(Taken)
  for (let turn = 0; turn < 200; turn++) await Promise.resolve()
  await app.world.sleep(SEEN_BY_ALL)
  expect(await rebuildView(rebuildingOf(app), 'transfers')).toMatchObject({ read: 'b' })
  resume()
  await outcome
  expect(app.memory.views.all().find(({ id }) => id === 'transfers')).toMatchObject({
    read: 'b',
    kept: expect.arrayContaining(['a', 'b']),
  })
})
