import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'esbuild'
import { afterEach, describe, expect, test } from 'vitest'
import { appFolder, removeAppFolders } from './app-folder.ts'
import { type HostProcess, sample, startHost } from './host-process.ts'

/** Says which file registered it. */
const speak = (name: string) => `
  const { app } = require('@azure/functions')
  app.http('${name}', { authLevel: 'anonymous', handler: async () => ({ body: '${name}' }) })
`

describe('how an app is loaded', () => {
  const hosts: HostProcess[] = []
  afterEach(async () => {
    await Promise.all(hosts.splice(0).map(host => host.kill()))
    await removeAppFolders()
  })
  async function start(folder: string, settings: Record<string, string> = {}) {
    const host = await startHost({ apps: [{ folder, settings }] })
    hosts.push(host)
    return async (path: string) => (await fetch(`${host.endpoint}/api/${path}`)).text()
  }

  test('every file that fits the glob, in CommonJS, and no other', async () => {
    const folder = await appFolder('', {
      'package.json': '{ "main": "{first,second}.js" }',
      'first.js': speak('first'),
      'second.js': speak('second'),
      'third.js': speak('third'),
    })
    const get = await start(folder)
    expect(await get('first')).toBe('first')
    expect(await get('second')).toBe('second')
    expect(await get('third')).toBe('')
  })

  test('TypeScript sources, their types stripped', async () => {
    const folder = await appFolder('', {
      'package.json': '{ "type": "module", "main": "main.ts" }',
      'main.ts': `import { app, type HttpResponseInit } from '@azure/functions'
        const typed: Record<string, string> = { of: 'a type' }
        app.http('typed', { authLevel: 'anonymous', handler: async (): Promise<HttpResponseInit> => ({ body: typed.of! }) })`,
    })
    expect(await (await start(folder))('typed')).toBe('a type')
  })

  test('a bundle with the library in it, as one deploys it', async () => {
    const folder = await appFolder('', { 'package.json': '{ "main": "bundle.cjs" }' })
    await build({
      entryPoints: [join(sample('http-quickstart'), 'src/functions/hello.ts')],
      bundle: true,
      minify: true,
      platform: 'node',
      target: 'node22',
      format: 'cjs',
      external: ['@azure/functions-core'],
      outfile: join(folder, 'bundle.cjs'),
    })
    expect(await (await start(folder))('hello?name=Ada')).toBe('Hello, Ada!')
  })

  test('settings: the file, over it the environment, over it what the caller gives', async () => {
    const folder = await appFolder(
      `app.http('all', { authLevel: 'anonymous', handler: async () =>
        ({ body: ['FILE_ONLY', 'PATH', 'GIVEN'].map(name => process.env[name]).join(' ') }) })`,
      {
        'local.settings.json': JSON.stringify({ Values: { FILE_ONLY: 'file', PATH: 'never', GIVEN: 'never' } }),
      },
    )
    expect(await (await start(folder, { GIVEN: 'given' }))('all')).toBe(`file ${process.env.PATH} given`)
  })

  test('the host gives the app its place and its version', async () => {
    const folder = await appFolder(`
      import { createRequire } from 'node:module'
      const core = createRequire(import.meta.url)('@azure/functions-core')
      app.http('place', { authLevel: 'anonymous', handler: async () =>
        ({ jsonBody: { version: core.hostVersion, model: core.getProgrammingModel().name } }) })
    `)
    expect(JSON.parse(await (await start(folder))('place'))).toEqual({
      version: expect.stringMatching(/^4\./),
      model: '@azure/functions',
    })
  })

  test.each([
    ['is encrypted', '{ "IsEncrypted": true, "Values": {} }', 'is encrypted'],
    ['is no JSON', '{', 'is not valid JSON'],
    ['has a value that is no text', '{ "Values": { "A": 1 } }', 'the value of "A" must be a string'],
  ])('local.settings.json that %s is a start error', async (_, content, says) => {
    const folder = await appFolder('', { 'local.settings.json': content })
    await expect(startHost({ apps: [{ folder }] })).rejects.toThrow(says)
  })

  test('a folder without package.json, and a build that is missing, are start errors', async () => {
    await expect(startHost({ apps: [{ folder: '/nowhere' }] })).rejects.toThrow('/nowhere/package.json is missing')
    const folder = await appFolder('')
    await writeFile(join(folder, 'package.json'), '{ "main": "dist/src/functions/*.js" }')
    await expect(startHost({ apps: [{ folder }] })).rejects.toThrow('build the app first')
  })
})
