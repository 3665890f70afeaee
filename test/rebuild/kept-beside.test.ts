import { containerOf, editionsIn, type ViewName, viewNames } from '@remit/api/editions'
import type { Documents, StoredItem } from '@remit/documents/documents'
import type { AccountId } from '@remit/domain/ids'
import { defaultSettings as settings } from '@remit/domain/settings'
import { keptViews } from '@remit/functions-projections/kept-views'
import { projectEvents, projecting } from '@remit/functions-projections/project-events'
import { takeOutReady } from '@remit/functions-projections/publish-events'
import { rebuildView } from '@remit/rebuild/rebuild-view'
import { describe, expect, test } from 'vitest'
import { type App, bodyOf, funded, wholeApp } from '../api/whole-app.ts'
import { rebuildingOf } from './rebuilding.ts'

/** From now on a second edition of these views is kept. */
async function keepBoth(app: App, views: readonly ViewName[] = viewNames) {
  for (const id of views) {
    await app.memory.views.write({ kind: 'upsert', item: { id, read: 'a', kept: ['a', 'b'] } })
  }
  await app.world.sleep(1_000)
}

const stored = (app: App, view: ViewName, edition: 'a' | 'b') => app.memory[containerOf(view, edition)].all()

describe('an append that the read editions have already', () => {
  test('is folded into what is kept beside them, when it comes again', async () => {
    const app = wholeApp()
    await funded(app, 'alice')
    for (const view of viewNames) expect(stored(app, view, 'b')).toEqual([])
    await keepBoth(app)
    const again = projecting(app.memory, editionsIn(app.memory.views, app.world), app.world, settings)
    await projectEvents(again, app.memory.events.all())
    for (const view of ['accounts', 'operations', 'owners'] as const) {
      expect(stored(app, view, 'b').length).toBe(stored(app, view, 'a').length)
    }
  })
})

describe('the view of accounts, rebuilt', () => {
  test('has no append that another view still lacks', async () => {
    let late = false
    const app = wholeApp((name, documents) => {
      const busy: Documents['writeEach'] = async writes => {
        return late ? writes.map(() => ({ result: 'busy' })) : documents.writeEach(writes)
      }
      return name === 'operations' ? { ...documents, writeEach: busy } : documents
    })
    const alice = await funded(app, 'alice')
    late = true
    const body = { amount: '60000', paymentReference: 'card' }
    const load = await app.ask(`POST /v1/accounts/${alice}/loads`, { as: 'till payments', key: 'late', body })
    await expect(app.pump()).rejects.toThrow('could not be stored')
    const before = stored(app, 'operations', 'a').length
    expect(await rebuildView(rebuildingOf(app), 'accounts')).toMatchObject({ read: 'b' })
    expect(stored(app, 'operations', 'a').length).toBe(before + 1)
    await app.world.sleep(1_000)
    const operation = await app.ask(`GET /v1/operations/${bodyOf(load).operationId}`, { as: 'till payments' })
    expect(bodyOf(operation)).toMatchObject({ status: 'applied' })
  })
})

describe('news', () => {
  test('wait for what may be switched to at any moment, where they are told to', async () => {
    const app = wholeApp()
    const alice = await funded(app, 'alice')
    await keepBoth(app, ['accounts'])
    const views = keptViews(app.memory, editionsIn(app.memory.views, app.world), settings)
    const wanted = () => new Map([[alice as AccountId, 1]])
    const [everywhere, read] = [wanted(), wanted()]
    await takeOutReady({ views }, everywhere, true)
    expect([...everywhere.keys()]).toEqual([alice])
    await takeOutReady({ views }, read)
    expect(read.size).toBe(0)
    app.memory['accounts-b'].take(stored(app, 'accounts', 'a').find(({ id }) => id === 'summary') as StoredItem)
    await takeOutReady({ views }, everywhere, true)
    expect(everywhere.size).toBe(0)
  })
})
