import { describe, expect, test } from 'vitest'
import { bodyOf, opened, problemOf, wholeApp } from './whole-app.ts'

const olga = { as: 'olga operator' }

describe('the calls about what is parked', () => {
  test.each([
    ['GET /v1/parked', undefined],
    ['POST /v1/parked/YSBi/retry', undefined],
    ['POST /v1/parked/YSBi/discard', { reason: 'no' }],
  ])('%s is for operators alone', async (call, body) => {
    const app = wholeApp()
    const withBody = body ? { body } : {}
    expect(problemOf(await app.ask(call, withBody))).toBe('unauthenticated')
    expect(problemOf(await app.ask(call, { as: 'alice user,auditor,reviewer', ...withBody }))).toBe('forbidden')
  })

  test('bad input', async () => {
    const app = wholeApp()
    const ask = async (call: string, body?: unknown) =>
      problemOf(await app.ask(call, { ...olga, ...(body ? { body } : {}) }))
    expect(await ask('POST /v1/parked/YSBi/retry')).toBe('not-found')
    expect(await ask('POST /v1/parked/__/retry')).toBe('invalid-parameter')
    expect(await ask('POST /v1/parked/YSBi/discard')).toBe('unsupported-media-type')
    expect(await ask('POST /v1/parked/YSBi/discard', { reason: '' })).toBe('invalid-body')
    expect(await ask('POST /v1/parked/YSBi/retry', { why: 'x' })).toBe('invalid-body')
  })

  test('a long list comes in pages, longest parked first', async () => {
    const app = wholeApp()
    const accounts: string[] = []
    for (let n = 0; n < 7; n++) accounts.push(await opened(app, `user${n}`))
    await app.pump()
    for (const [n, account] of accounts.entries()) {
      const id = `${account}_00000000-0000-4000-8000-00000000000${n}`
      await app.memory.commands.write({ kind: 'create', item: { id, streamId: account, type: 'Unheard' } })
      await app.pump()
      await app.world.sleep(1000)
    }
    const seen: unknown[] = []
    let cursor: string | undefined
    do {
      const query = { limit: '3', ...(cursor ? { cursor } : {}) }
      const { items, next } = bodyOf(await app.ask('GET /v1/parked', { ...olga, query }))
      seen.push(...(items as Record<string, unknown>[]).map(({ account }) => account))
      cursor = next as string | undefined
    } while (cursor)
    expect(seen).toEqual(accounts)
  })
})
