import { mkdtemp, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from 'local-event-grid/database'
import { createDeadLetterStore } from 'local-event-grid/dead-letter-store'
import { createPendingStore } from 'local-event-grid/pending-store'
import { describe, expect, onTestFinished, test } from 'vitest'
import { cloudEvents, key, order, startTopic, subscriber, to } from './topic-under-test.ts'

const secret = 'Very-Secret-9'

/** A topic with one event delivered, one waiting and one dead, of a subscriber whose address holds secrets. */
async function busyTopic() {
  const listener = await subscriber(({ body }) => ({ status: Number((body as { subject: string }).subject) }))
  const url = `${listener.url.replace('//', `//${secret}:${secret}@`)}?code=${secret}`
  const headers = { authorization: secret }
  const topic = await startTopic({ subscriptions: [{ ...to(url), headers }] })
  const events = [200, 500, 400].map(status => ({ ...order(`<b>${status}</b>`, { secret }), subject: `${status}` }))
  for (const event of events) {
    await cloudEvents(topic).send([event])
    await topic.server.settled()
  }
  return topic
}

/** A request with headers that fetch would not send. */
function ask(address: string, method: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(address, { method, headers }, response => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    sent.on('error', reject)
    sent.end()
  })
}

describe('the log', () => {
  test('counts, and says what waits, what was tried and what is dead', async () => {
    const topic = await busyTopic()
    const { subscriptions, pending, recent, dead } = await topic.deliveries()
    expect(subscriptions).toMatchObject([
      {
        name: 'all',
        validated: true,
        pending: 1,
        failing: 1,
        delivered: 1,
        failedAttempts: 2,
        dropped: 1,
        deadLettered: 0,
      },
    ])
    expect(pending).toMatchObject([
      { eventId: '<b>500</b>', subscription: 'all', attempts: 1, lastOutcome: 'GenericError' },
    ])
    expect(pending[0]?.due).toBe(subscriptions[0]?.nextDue)
    expect(recent.map(one => one.outcome)).toEqual([
      'UndeliverableDueToClientError',
      'BadRequest',
      'GenericError',
      'Delivered',
    ])
    expect(dead).toMatchObject([
      {
        eventId: '<b>400</b>',
        type: 'order.placed',
        subject: '400',
        reason: 'UndeliverableDueToClientError',
        attempts: 1,
      },
    ])
  })

  test('keeps the latest 200 attempts and lists the first 100 that wait', async () => {
    const { url } = await subscriber(() => ({ status: 500 }))
    const topic = await startTopic({ subscriptions: [to(url, 'one'), to(url, 'two')] })
    await cloudEvents(topic).send(Array.from({ length: 150 }, (_, index) => order(`${index}`)))
    await topic.server.settled()
    await topic.pass(3 * 60_000)
    const { recent, pending, subscriptions } = await topic.deliveries()
    expect([recent.length, pending.length]).toEqual([200, 100])
    expect(subscriptions.map(one => one.pending)).toEqual([150, 150])
  })

  test('keeps the newest 1,000 dead events of a topic', () => {
    const database = openDatabase(undefined)
    onTestFinished(() => database.close())
    const [store, dead] = [createPendingStore(database), createDeadLetterStore(database)]
    const owner = { topic: 'orders', subscription: 'all' }
    const event = { ...owner, event: '{}', published: 0, attempts: 1, due: 0, lastOutcome: null, lastAttempt: null }
    store.add(Array.from({ length: 1_010 }, (_, index) => ({ ...event, eventId: `${index}` })))
    const rows = store.due(owner, { now: 1, except: new Set(), events: 2_000, characters: 1_000_000 })
    const [waiting, finished] = [rows.slice(0, 5), rows.slice(5)]
    dead.bury(waiting, { reason: 'x', died: 1, due: 9, lost: null })
    dead.bury(finished, { reason: 'x', died: 1, due: null, lost: null })
    // Those whose blobs are still to be written are never among the ones to forget.
    expect(
      dead
        .list('orders', 2_000)
        .map(one => one.eventId)
        .sort(),
    ).toEqual([...waiting, ...finished.slice(5)].map(one => one.eventId).sort())
  })

  test('keeps dead events over a restart', async () => {
    const data = await mkdtemp(join(tmpdir(), 'event-grid-'))
    onTestFinished(() => rm(data, { recursive: true }))
    const { url } = await subscriber(() => ({ status: 400 }))
    const first = await startTopic({ subscriptions: [to(url)], data })
    await cloudEvents(first).send([order('1')])
    await first.server.settled()
    await first.server.close()
    const second = await startTopic({ subscriptions: [to(url)], data })
    expect((await second.deliveries()).dead).toMatchObject([{ eventId: '1' }])
  })
})

describe('the pages', () => {
  const pageAt = async (address: string) => {
    const answer = await fetch(address)
    return { headers: answer.headers, text: await answer.text() }
  }

  test('the first one lists topics and subscriptions', async () => {
    const topic = await busyTopic()
    const { headers, text } = await pageAt(topic.server.endpoint)
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(text).toContain('<a href="/topics/orders">orders</a>')
    expect(text).toMatch(/<td>all<\/td><td>webhook http:\/\/127\.0\.0\.1:\d+\/hook<\/td><td>active<\/td><td>1<\/td>/)
  })

  test('the one of a topic lists events that wait and are dead, with a button to send one again', async () => {
    const topic = await busyTopic()
    const { text } = await pageAt(`${topic.server.endpoint}/topics/orders`)
    expect(text).toContain('<caption>Pending events</caption>')
    const [letter] = (await topic.deliveries()).dead
    expect(text).toContain(`<form method="post" action="/topics/orders/dead-letters/${letter?.id}/redeliver"><button`)
    expect(text).toContain('there is no dead-letter place')
  })

  test('escape what events say', async () => {
    const topic = await busyTopic()
    const { text } = await pageAt(`${topic.server.endpoint}/topics/orders`)
    expect(text).toContain('&lt;b&gt;400&lt;/b&gt;')
    expect(text).not.toContain('<b>')
  })

  test.each(['/', '/topics/orders', '/topics/orders/deliveries'])(
    '%s says no key and no data of events',
    async path => {
      const topic = await busyTopic()
      const { text } = await pageAt(`${topic.server.endpoint}${path}`)
      expect(text).not.toContain(secret)
      expect(text).not.toContain(key)
    },
  )

  test('need no script, allow none, and are not kept', async () => {
    const topic = await busyTopic()
    const { headers, text } = await pageAt(`${topic.server.endpoint}/topics/orders`)
    expect(text).not.toMatch(/<script|javascript:|\son\w+=/i)
    expect(headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
    expect(headers.get('cache-control')).toBe('no-store')
  })

  test('have a language, a heading, captions, heads of columns and both colour schemes', async () => {
    const topic = await busyTopic()
    const { text } = await pageAt(`${topic.server.endpoint}/topics/orders`)
    expect(text).toContain('<html lang="en">')
    expect(text).toContain('<h1>Topic orders</h1>')
    expect(text.match(/<table>/g)?.length).toBe(text.match(/<caption>/g)?.length)
    expect(text).toContain('<th scope="col">')
    expect(text).toContain('aria-label="Redeliver event &lt;b&gt;400&lt;/b&gt; to all"')
    expect(text).toContain('color-scheme: light dark')
  })

  test('a topic nobody knows is 404', async () => {
    const topic = await startTopic({ subscriptions: [] })
    expect((await fetch(`${topic.server.endpoint}/topics/others`)).status).toBe(404)
  })
})

describe('callers', () => {
  const local = ['localhost', 'localhost:7072', 'grid.localhost', '127.0.0.1', '127.9.9.9:80', '[::1]:7072']
  const foreign = ['example.com', 'localhost.example.com', '127.0.0.1.example.com', '192.168.0.1', 'notlocalhost']

  test.each(local)('with a name of this machine are let in: %s', async host => {
    const topic = await startTopic({ subscriptions: [] })
    expect(await ask(topic.server.endpoint, 'GET', { host })).toBe(200)
  })

  test.each(foreign)('with another name are not: "%s"', async host => {
    const topic = await startTopic({ subscriptions: [] })
    for (const path of ['/', '/topics/orders', '/topics/orders/deliveries']) {
      expect(await ask(`${topic.server.endpoint}${path}`, 'GET', { host })).toBe(403)
    }
  })

  test.each<[number, string, Record<string, string>]>([
    [303, 'a form of the page', { origin: 'own', 'sec-fetch-site': 'same-origin' }],
    [303, 'a program', {}],
    [403, 'a form of another site', { origin: 'http://example.com', 'sec-fetch-site': 'cross-site' }],
    [403, 'a browser that says only the origin', { origin: 'http://example.com' }],
    [403, 'a browser that says only the site', { 'sec-fetch-site': 'cross-site' }],
    [403, 'another port of this machine', { origin: 'http://127.0.0.1:1', 'sec-fetch-site': 'same-site' }],
    [403, 'a page without an origin', { origin: 'null' }],
    [403, 'another name', { host: 'example.com' }],
  ])('a redelivery is answered with %i for %s', async (status, _, { origin, ...headers }) => {
    const topic = await busyTopic()
    const [letter] = (await topic.deliveries()).dead
    const own = origin === 'own' ? topic.server.endpoint : origin
    const address = `${topic.server.endpoint}/topics/orders/dead-letters/${letter?.id}/redeliver`
    expect(await ask(address, 'POST', { ...headers, ...(own ? { origin: own } : {}) })).toBe(status)
  })
})
