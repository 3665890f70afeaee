import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildPage } from '@remit/review-page/build-page'
import { readRules, serveFile } from 'local-pages/site'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'remit-site-'))
  await mkdir(join(folder, 'site', 'deep'), { recursive: true })
  await writeFile(join(folder, 'secret.txt'), 'secret')
  await writeFile(join(folder, 'site', 'index.html'), 'home')
  await writeFile(join(folder, 'site', 'deep', 'page.js'), 'script')
  await writeFile(join(folder, 'site', 'staticwebapp.config.json'), '{ "globalHeaders": { "x-one": "1" } }')
})
afterAll(() => rm(folder, { recursive: true }))

describe('a static site', () => {
  const rules = {
    globalHeaders: { 'x-one': '1' },
    navigationFallback: { rewrite: '/index.html', exclude: ['/*.{js,css}'] },
  }
  const serve = async (path: string, by: Parameters<typeof serveFile>[1] = rules) => {
    const { status, headers, body } = await serveFile(join(folder, 'site'), by, path)
    return { status, type: headers['content-type'], one: headers['x-one'], text: Buffer.from(body ?? []).toString() }
  }

  test('serves its files with type and headers', async () => {
    expect(await serve('')).toEqual({ status: 200, type: 'text/html; charset=utf-8', one: '1', text: 'home' })
    expect(await serve('deep/page.js')).toMatchObject({ type: 'text/javascript; charset=utf-8', text: 'script' })
  })

  test('falls back to the page, but not for files', async () => {
    expect(await serve('some/where')).toMatchObject({ status: 200, text: 'home' })
    expect(await serve('gone.js')).toMatchObject({ status: 404, one: '1', text: '' })
    expect(await serve('some/where', {})).toMatchObject({ status: 404 })
  })

  test.each([
    '../secret.txt',
    'deep/../../secret.txt',
    '/etc/passwd',
    'deep//page.js',
    '..\\secret.txt',
    'a\0',
    'deep',
  ])('leads nowhere else: %j', async path => {
    expect(await serve(path, {})).toMatchObject({ status: 404, text: '' })
  })

  test('keeps its rules to itself, and refuses those nobody would follow here', async () => {
    expect(await serve('staticwebapp.config.json', {})).toMatchObject({ status: 404 })
    expect(await readRules(join(folder, 'site'))).toEqual({ globalHeaders: { 'x-one': '1' } })
    expect(await readRules(join(folder, 'nowhere'))).toEqual({})
    await writeFile(join(folder, 'staticwebapp.config.json'), '{ "routes": [] }')
    await expect(readRules(folder)).rejects.toThrow('routes is not heeded')
  })
})

test('the page for a deployment may reach its API and its identity, and nothing else', async () => {
  const identity = { kind: 'entra', authority: 'https://login.example/tenant', clientId: 'c', scope: 's' } as const
  const out = join(folder, 'page')
  await buildPage(out, { api: 'https://api.example/remit', identity })
  const { globalHeaders = {} } = await readRules(out)
  expect(globalHeaders['content-security-policy']).toContain(
    "connect-src 'self' https://api.example https://login.example;",
  )
  expect(JSON.parse(await readFile(join(out, 'config.json'), 'utf8'))).toEqual({
    api: 'https://api.example/remit',
    identity,
  })
})
