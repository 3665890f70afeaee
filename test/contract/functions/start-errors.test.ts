import { afterEach, describe, expect, test } from 'vitest'
import { appFolder, removeAppFolders } from './app-folder.ts'
import { startHost } from './host-process.ts'

const hello = (name: string, route = name) =>
  `app.http('${name}', { route: '${route}', authLevel: 'anonymous', handler: async () => ({ body: '${name}' }) })`

const cases: { name: string; source: string; files?: Record<string, string>; says: string }[] = [
  { name: 'no function', source: '', says: 'No functions were registered' },
  { name: 'an entry file that throws', source: 'throw new Error("broken")', says: 'could not be loaded: broken' },
  {
    name: 'an unknown trigger',
    source: `app.eventHub('jobs', { eventHubName: 'jobs', connection: 'X', handler: () => {} })`,
    says: 'the trigger "eventHubTrigger" is not emulated',
  },
  {
    name: 'an output binding',
    source: `import { output } from '@azure/functions'
      app.timer('t', { schedule: '0 0 * * * *', return: output.eventHub({ eventHubName: 'q', connection: 'X' }), handler: () => {} })`,
    says: 'the output binding "eventHub" is not emulated',
  },
  { name: 'a reserved route', source: hello('a', 'admin/a'), says: 'conflicts with built-in routes' },
  { name: 'an unknown constraint', source: hello('a', 'a/{id:colour}'), says: 'the constraint "colour" is unknown' },
  {
    name: 'a route registered twice',
    source: `${hello('a', 'x/{id}')}\n${hello('b', 'X/{name}')}`,
    says: 'both answer',
  },
  { name: 'a name registered twice', source: `${hello('a')}\n${hello('a', 'b')}`, says: '"a" is already registered' },
  {
    name: 'a bad schedule',
    source: `app.timer('t', { schedule: 'every day', handler: () => {} })`,
    says: 'the schedule "every day" is not valid',
  },
  {
    name: 'a missing setting in a binding',
    source: `app.timer('t', { schedule: '%WHEN%', handler: () => {} })`,
    says: 'needs the setting "WHEN"',
  },
  { name: 'a host.json that is no JSON', source: hello('a'), files: { 'host.json': '{' }, says: 'is not valid JSON' },
  {
    name: 'a host.json without version',
    source: hello('a'),
    files: { 'host.json': '{ "extensions": {} }' },
    says: 'is missing the required "version" property',
  },
  {
    name: 'a host.json of another version',
    source: hello('a'),
    files: { 'host.json': '{ "version": "3.0" }' },
    says: '"3.0" is an invalid value for "version"',
  },
  {
    name: 'a host.json with a time-out that is no time span',
    source: hello('a'),
    files: { 'host.json': '{ "version": "2.0", "functionTimeout": "five minutes" }' },
    says: '"functionTimeout" must be a time span',
  },
  {
    name: 'a host.json with a limit that is no number',
    source: hello('a'),
    files: { 'host.json': '{ "version": "2.0", "extensions": { "http": { "maxConcurrentRequests": "many" } } }' },
    says: '"extensions.http.maxConcurrentRequests" must be a whole number from -1',
  },
  {
    name: 'a host.json with an unknown log level',
    source: hello('a'),
    files: { 'host.json': '{ "version": "2.0", "logging": { "logLevel": { "Function": "Loud" } } }' },
    says: '"logging.logLevel.Function" is no log level: Loud',
  },
  {
    name: 'a main that matches nothing',
    source: hello('a'),
    files: { 'package.json': '{ "main": "dist/*.js" }' },
    says: 'no file matches "main"',
  },
  {
    name: 'a retry policy without its interval',
    source: `app.timer('t', { schedule: '0 0 * * * *', retry: { strategy: 'fixedDelay', maxRetryCount: 1 }, handler: () => {} })`,
    says: '"fixedDelay" needs "delayInterval"',
  },
]

describe('start errors', () => {
  afterEach(removeAppFolders)

  test.each(cases)('$name', async ({ source, files, says }) => {
    await expect(startHost({ apps: [{ folder: await appFolder(source, files) }] })).rejects.toThrow(says)
  })

  test('two apps of one process cannot give one setting two values', async () => {
    const apps = [
      { folder: await appFolder(hello('a')), settings: { PLACE: 'here' } },
      { folder: await appFolder(hello('b')), settings: { PLACE: 'there' } },
    ]
    await expect(startHost({ apps })).rejects.toThrow('Setting "PLACE" has different values')
  })

  test('a CommonJS app, a route prefix and local.settings.json work', async () => {
    const folder = await appFolder('', {
      'package.json': '{ "main": "main.cjs" }',
      'main.cjs': `const { app } = require('@azure/functions')
        app.http('a', { authLevel: 'anonymous', handler: async () => ({ body: process.env.GREETING }) })`,
      'host.json': '{ "version": "2.0", "extensions": { "http": { "routePrefix": "" } } }',
      'local.settings.json': '{ "Values": { "GREETING": "from the file", "OTHER": "x" } }',
    })
    const host = await startHost({ apps: [{ folder, settings: { GREETING: 'given' } }] })
    expect(await (await fetch(`${host.endpoint}/a`)).text()).toBe('given')
    await host.stop()
  })
})
