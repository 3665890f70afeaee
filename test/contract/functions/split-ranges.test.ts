import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { sample, startHost } from './host-process.ts'

interface Answer {
  status: number
  body?: object
  etag?: string
}

/** The little of an account that a trigger sees while its only range is split. */
function splittingAccount() {
  const leases = new Map<string, Record<string, unknown>>()
  const begins: Record<string, string | undefined> = {}
  let split = false
  let writes = 0
  const range = (id: string, parents: string[] = []) => ({ id, minInclusive: '', maxExclusive: 'FF', parents })

  function feed(request: IncomingMessage): Answer {
    const id = String(request.headers['x-ms-documentdb-partitionkeyrangeid'])
    const since = request.headers['if-none-match']
    if (id === '0') {
      if (since === undefined) return { status: 200, body: { Documents: [{ pk: 'a', number: 1 }] }, etag: '"5"' }
      split = true
      return { status: 410 }
    }
    begins[id] ??= since
    if (since !== '"5"') return { status: 304, etag: since ?? '' }
    return { status: 200, body: { Documents: [{ pk: `child-${id}`, number: 2 }] }, etag: '"6"' }
  }

  function lease(method: string, id: string, body: Record<string, unknown>): Answer {
    const key = method === 'POST' ? String(body.id) : id
    const known = leases.get(key)
    if (method === 'DELETE') return { status: leases.delete(key) ? 204 : 404 }
    if (method === 'GET' || (method === 'PUT' && !known)) return known ? { status: 200, body: known } : { status: 404 }
    const stored = { ...body, _etag: `"${++writes}"` }
    leases.set(key, stored)
    return { status: method === 'POST' ? 201 : 200, body: stored }
  }

  function answer(request: IncomingMessage, body: Record<string, unknown>): Answer {
    const [, , database, , container, kind, id] = (request.url ?? '').split('/')
    if (kind === 'pkranges') {
      return {
        status: 200,
        body: { PartitionKeyRanges: split ? [range('1', ['0']), range('2', ['0'])] : [range('0')] },
      }
    }
    if (kind === 'docs' && container === 'items') return feed(request)
    if (kind === 'docs') return lease(request.method ?? '', decodeURIComponent(id ?? ''), body)
    return { status: 200, body: { id: container ?? database, _rid: container ?? database } }
  }
  return { answer, leases, begins }
}

describe('a range that is split', () => {
  test('goes on in its children where it stood', async () => {
    const account = splittingAccount()
    const server = createServer(async (request, response) => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk)
      const { status, body, etag } = account.answer(request, JSON.parse(Buffer.concat(chunks).toString() || '{}'))
      response.writeHead(status, { ...(etag ? { etag } : {}) })
      response.end(body && JSON.stringify(body))
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    const COSMOS__accountEndpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const settings = { COSMOS__accountEndpoint, COSMOS__accountKey: 'a2V5', DATABASE: 'shop' }
    const host = await startHost({ apps: [{ folder: sample('cosmos-feed'), settings }] })
    onTestFinished(async () => {
      await host.kill()
      server.closeAllConnections()
      server.close()
    })
    await host.logged(lines =>
      ['through a/1', 'through child-1/2', 'through child-2/2'].every(one => lines.includes(one)),
    )
    expect(account.begins).toEqual({ 1: '"5"', 2: '"5"' })
    expect([...account.leases.keys()].map(id => id.split('..')[1]).sort()).toEqual(['1', '2'])
  })
})
