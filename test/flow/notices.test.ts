import { describe, expect, test } from 'vitest'
import { opened, remit } from './remit.ts'

const { crowd, person, running, token } = remit()

type Told = { readonly id: string; readonly event: string; readonly data: Record<string, unknown> }

/** Follows somebody's notices until `enough` of them have come. */
async function follow(sub: string, { after }: { after?: string } = {}) {
  const gone = new AbortController()
  const headers: Record<string, string> = { authorization: `Bearer ${await token(sub, 'user')}` }
  if (after !== undefined) headers['last-event-id'] = after
  const answer = await fetch(`${running().address}/v1/me/events`, { headers, signal: gone.signal })
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8'])
  const reader = (answer.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  const told: Told[] = []
  return {
    told,
    /** Waits until something was told. */
    async until(what: (one: Told) => boolean): Promise<Told> {
      for (;;) {
        const found = told.find(what)
        if (found) return found
        const { value = '', done } = await reader.read()
        if (done) throw new Error(`the stream ended after ${JSON.stringify(told)}`)
        text += value
        for (let end = text.indexOf('\n\n'); end !== -1; end = text.indexOf('\n\n')) {
          const block = text.slice(0, end)
          text = text.slice(end + 2)
          const lines = new Map(block.split('\n').map(line => line.split(/: (.*)/s) as [string, string]))
          const [id, event, data] = ['id', 'event', 'data'].map(name => lines.get(name))
          if (id && event && data) told.push({ id, event, data: JSON.parse(data) })
        }
      }
    },
    close: () => gone.abort(),
  }
}

describe('GET /v1/me/events', () => {
  test('tells both parties of a transfer when it is true for whoever looks', async () => {
    const { alice, bob, till } = await crowd()
    const from = await opened(alice, till, { load: 60_000 })
    const to = await opened(bob, till)
    const hers = await follow('alice')
    const his = await follow('bob')
    const { body } = await alice.post('/v1/transfers', { from, to, amount: '2500' })
    const { transferId } = body
    const sent = await hers.until(({ event, data }) => event === 'credits-sent' && data.transferId === transferId)
    expect(sent.data).toMatchObject({ account: from, to, amount: '2500', currency: 'EUR' })
    const received = await his.until(
      ({ event, data }) => event === 'credits-received' && data.transferId === transferId,
    )
    expect(received.data).toMatchObject({ account: to, from, amount: '2500', fee: '0' })
    expect((await bob.get(`/v1/accounts/${to}`)).body.balance).toBe('2500')
    hers.close()
    his.close()
  })

  test('tells of a refusal at once, and goes on where it was left', async () => {
    const { alice, bob, till } = await crowd()
    const from = await opened(alice, till, { load: 1_000 })
    const to = await opened(bob, till)
    const first = await follow('alice')
    const { body } = await alice.post('/v1/transfers', { from, to, amount: '999999' })
    const refused = await first.until(({ data }) => data.transferId === body.transferId)
    expect(refused).toMatchObject({
      event: 'command-refused',
      data: { command: 'SendCredits', reason: 'insufficient_credits' },
    })
    first.close()
    const again = await alice.post('/v1/transfers', { from, to, amount: '100' })
    const second = await follow('alice', { after: refused.id })
    await second.until(({ event, data }) => event === 'credits-sent' && data.transferId === again.body.transferId)
    expect(second.told.every(({ id }) => Number(id) > Number(refused.id))).toBe(true)
    second.close()
  })

  test('is for users with a token, and nobody hears of others', async () => {
    expect((await fetch(`${running().address}/v1/me/events`)).status).toBe(401)
    const rita = await person('rita', 'reviewer')
    expect((await rita.get('/v1/me/events')).status).toBe(403)
    const { alice, till } = await crowd()
    const mallory = await follow('mallory')
    const from = await opened(alice, till, { load: 5_000 })
    const own = await opened(await person('mallory', 'user'), till, { load: 1 })
    await mallory.until(({ event, data }) => event === 'credits-loaded' && data.account === own)
    expect(mallory.told.some(({ data }) => data.account === from)).toBe(false)
    mallory.close()
  })
})
