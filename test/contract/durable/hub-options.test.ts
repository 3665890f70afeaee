import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { hubOf, hubsOf } from 'local-functions/durable/app-hub'
import { readHubOptions } from 'local-functions/durable/hub-options'
import type { App } from 'local-functions/load-app'
import { afterEach, expect, test } from 'vitest'

const made: string[] = []
afterEach(async () => {
  for (const folder of made.splice(0)) await rm(folder, { recursive: true })
})

async function appOf(durableTask: object, { name = 'app', settings = {} as Record<string, string> } = {}) {
  const parent = await mkdtemp(join(tmpdir(), 'hub-'))
  made.push(parent)
  const folder = join(parent, name)
  await mkdir(folder)
  await writeFile(join(folder, 'host.json'), JSON.stringify({ version: '2.0', extensions: { durableTask } }))
  return { folder, settings }
}

async function optionsOf(...[durableTask, more]: Parameters<typeof appOf>) {
  return readHubOptions(await appOf(durableTask, more))
}

test.each([
  ['orders', 'orders'],
  ['my-app 1', 'myapp1'],
  ['1app', 't1app'],
  ['a', 'aHub'],
  ['--', 'DefaultTaskHub'],
  ['x'.repeat(60), 'x'.repeat(45)],
])('the hub of the app "%s" is %s', async (name, hub) => {
  expect((await optionsOf({}, { name })).taskHub).toBe(hub)
})

test('the name of the site comes before that of the folder', async () => {
  expect((await optionsOf({}, { settings: { WEBSITE_SITE_NAME: 'my-site' } })).taskHub).toBe('mysite')
})

test('a name may be given, and a setting may hold it', async () => {
  expect((await optionsOf({ hubName: 'Given' })).taskHub).toBe('Given')
  expect((await optionsOf({ hubName: '%HUB%' }, { settings: { HUB: 'FromSetting' } })).taskHub).toBe('FromSetting')
})

test.each(['my-hub', '1hub', 'ab', 'x'.repeat(51)])('"%s" is no name for a hub', async hubName => {
  await expect(optionsOf({ hubName })).rejects.toThrow(`Task hub name '${hubName}'`)
})

test('limits are ten for each processor, or what host.json says', async () => {
  const initial = 10 * availableParallelism()
  expect((await optionsOf({})).concurrency).toEqual({ orchestrators: initial, activities: initial, entities: initial })
  const given = { maxConcurrentActivityFunctions: 3, maxConcurrentOrchestratorFunctions: 2 }
  expect((await optionsOf(given)).concurrency).toMatchObject({ orchestrators: 2, activities: 3 })
  await expect(optionsOf({ maxConcurrentActivityFunctions: 0 })).rejects.toThrow('maxConcurrentActivityFunctions')
})

test('what a start may replace is one of two words', async () => {
  expect((await optionsOf({})).overridable).toBe('NonRunningStates')
  expect((await optionsOf({ overridableExistingInstanceStates: 'anystate' })).overridable).toBe('AnyState')
  await expect(optionsOf({ overridableExistingInstanceStates: 'Some' })).rejects.toThrow('must be "AnyState"')
})

test('two apps of a host cannot share a hub', async () => {
  const apps = await Promise.all([
    appOf({ hubName: 'Shared' }),
    appOf({ hubName: 'SHARED' }),
    appOf({ hubName: 'Own' }),
  ])
  const [one, same, other] = apps as unknown as [App, App, App]
  for (const app of [one, same, other]) hubOf(app)
  expect(hubsOf([one, other])).toHaveLength(2)
  expect(() => hubsOf([one, same])).toThrow('Two apps use the task hub "shared"')
})
