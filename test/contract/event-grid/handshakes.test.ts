import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { cloudEvents, gridEvents, idsOf, order, startTopic, subscriber, to } from './topic-under-test.ts'

const minute = 60_000
const gridEvent = { id: '1', subject: 's', eventType: 't', dataVersion: '2', data: { a: 1 } }

interface Question {
  method: string
  headers: IncomingHttpHeaders
  body: { data: { validationCode: string; validationUrl: string } }[] | undefined
}

type Answer = (question: Question) => { status: number; headers?: Record<string, string>; body?: string }

/** An endpoint that answers questions in its own way, and takes events. */
async function endpoint(answer: Answer | (() => Promise<never>)) {
  const questions: Question[] = []
  const delivered: unknown[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const text = Buffer.concat(chunks).toString()
    const body = text ? JSON.parse(text) : undefined
    if (request.headers['aeg-event-type'] === 'Notification') {
      delivered.push(body)
      return response.end()
    }
    const question = { method: request.method ?? '', headers: request.headers, body }
    questions.push(question)
    const { status, headers, body: said } = await answer(question)
    response.writeHead(status, headers)
    response.end(said)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    server.closeAllConnections()
    await new Promise(resolve => server.close(resolve))
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, questions, delivered }
}

const validated = async (topic: Awaited<ReturnType<typeof startTopic>>) =>
  (await topic.deliveries()).subscriptions[0]?.validated

describe('the handshake of CloudEvents', () => {
  test('asks with OPTIONS, says who asks and where one may confirm', async () => {
    const { handshakes, url } = await subscriber()
    const topic = await startTopic({ subscriptions: [to(url)] })
    expect(handshakes).toHaveLength(1)
    expect(handshakes[0]?.method).toBe('OPTIONS')
    expect(handshakes[0]?.headers['webhook-request-origin']).toBe('eventgrid.azure.net')
    const callback = String(handshakes[0]?.headers['webhook-request-callback'])
    expect(callback.startsWith(`${topic.server.endpoint}/topics/orders/subscriptions/all/validate?id=`)).toBe(true)
  })

  test.each<[boolean, number, Record<string, string>]>([
    [true, 200, { 'webhook-allowed-origin': 'eventgrid.azure.net' }],
    [true, 200, { 'webhook-allowed-origin': '*' }],
    [true, 405, { 'webhook-allowed-origin': '*' }],
    [false, 200, {}],
    [false, 200, { 'webhook-allowed-origin': 'example.com' }],
    [false, 404, {}],
  ])('consent is the header, whatever the status: %s for %i with %j', async (expected, status, headers) => {
    const { url } = await endpoint(() => ({ status, headers }))
    const topic = await startTopic({ subscriptions: [to(url)] })
    expect(await validated(topic)).toBe(expected)
  })

  test('a GET of the callback is consent too', async () => {
    const { url, questions, delivered } = await endpoint(() => ({ status: 200 }))
    const topic = await startTopic({ subscriptions: [to(url)] })
    await cloudEvents(topic).send([order('1')])
    expect((await fetch(String(questions[0]?.headers['webhook-request-callback']))).status).toBe(200)
    await topic.server.settled()
    expect(delivered).toMatchObject([{ id: '1' }])
  })
})

describe('the handshake of the Event Grid schema', () => {
  const answers = (answer: Answer) => endpoint(answer)
  const code = ({ body }: Question) => body?.[0]?.data.validationCode

  test('sends a validation event alone, and nothing before it is answered', async () => {
    const { handshakes, url } = await subscriber()
    await startTopic({ schema: 'event-grid', subscriptions: [to(url)] })
    expect(handshakes[0]?.headers).toMatchObject({
      'aeg-event-type': 'SubscriptionValidation',
      'aeg-subscription-name': 'ALL',
    })
    expect(handshakes[0]?.body).toEqual([
      expect.objectContaining({
        eventType: 'Microsoft.EventGrid.SubscriptionValidationEvent',
        eventTime: '2025-01-01T00:00:00.000Z',
        subject: '',
        metadataVersion: '1',
        data: { validationCode: expect.any(String), validationUrl: expect.stringContaining('/validate?id=') },
      }),
    ])
  })

  test.each<[boolean, string, Answer]>([
    [true, 'the code', question => ({ status: 200, body: JSON.stringify({ validationResponse: code(question) }) })],
    [
      false,
      'the code with 202',
      question => ({ status: 202, body: JSON.stringify({ validationResponse: code(question) }) }),
    ],
    [false, 'another code', () => ({ status: 200, body: JSON.stringify({ validationResponse: 'x' }) })],
    [false, 'nothing', () => ({ status: 200 })],
    [false, 'no JSON', () => ({ status: 200, body: 'thanks' })],
    [false, 'an error', () => ({ status: 500 })],
  ])('consent %s: %s', async (expected, _, answer) => {
    const { url } = await answers(answer)
    const topic = await startTopic({ schema: 'event-grid', subscriptions: [to(url)] })
    expect(await validated(topic)).toBe(expected)
  })

  test('a GET of validationUrl is consent, and events that waited arrive', async () => {
    const { url, questions, delivered } = await answers(() => ({ status: 200 }))
    const topic = await startTopic({ schema: 'event-grid', subscriptions: [to(url)] })
    await gridEvents(topic).send([gridEvent])
    await topic.server.settled()
    expect(delivered).toEqual([])
    expect((await fetch(questions[0]?.body?.[0]?.data.validationUrl ?? '')).status).toBe(200)
    await topic.server.settled()
    expect(delivered).toMatchObject([[{ id: '1' }]])
  })

  test('validationUrl is good for 10 minutes, the next question has another', async () => {
    const { url, questions } = await answers(() => ({ status: 200 }))
    const topic = await startTopic({ schema: 'event-grid', subscriptions: [to(url)] })
    const urlOf = (question: Question | undefined) => question?.body?.[0]?.data.validationUrl ?? ''
    await topic.pass(10 * minute)
    expect(urlOf(questions.at(-1))).toBe(urlOf(questions[0]))
    // No question is due in this millisecond: the old one alone is too old.
    const asked = questions.length
    await topic.pass(1)
    expect((await fetch(urlOf(questions[0]))).status).toBe(400)
    expect(questions).toHaveLength(asked)
    await topic.pass(10_000)
    expect((await fetch(urlOf(questions[0]))).status).toBe(400)
    expect((await fetch(urlOf(questions.at(-1)))).status).toBe(200)
    expect(await validated(topic)).toBe(true)
  })

  test.each(['?id=wrong', '', '?id='])('a wrong code is no consent: %s', async query => {
    const { url } = await answers(() => ({ status: 200 }))
    const topic = await startTopic({ schema: 'event-grid', subscriptions: [to(url)] })
    const answer = await fetch(`${topic.server.endpoint}/topics/orders/subscriptions/all/validate${query}`)
    expect(answer.status).toBe(400)
    expect(await validated(topic)).toBe(false)
  })
})

describe('an endpoint that is not ready', () => {
  test('is asked again until it consents, is told of once, and then gets what waited', async () => {
    let ready = false
    const { url, questions, delivered } = await endpoint(() =>
      ready ? { status: 200, headers: { 'webhook-allowed-origin': '*' } } : { status: 200 },
    )
    const topic = await startTopic({ subscriptions: [to(url)] })
    await cloudEvents(topic).send([order('1')])
    await topic.pass(minute)
    expect(questions.length).toBeGreaterThan(5)
    expect(topic.log).toEqual(['Subscription "all": the endpoint has not consented yet.'])
    expect(delivered).toEqual([])
    ready = true
    await topic.pass(5_000)
    expect(delivered).toMatchObject([{ id: '1' }])
  })

  test('has 30 s to answer a question', async () => {
    const { url, questions } = await endpoint(() => new Promise<never>(() => {}))
    const starting = startTopic({ subscriptions: [to(url)], settle: false })
    const topic = await starting
    await expect.poll(() => questions.length).toBe(1)
    expect(topic.clock.runNext(29_999)).toBe(false)
    expect(topic.log).toEqual([])
    expect(topic.clock.runNext(1)).toBe(true)
    await expect.poll(() => topic.log.length).toBe(1)
  })

  test('does not keep the others waiting', async () => {
    const { url } = await endpoint(() => ({ status: 404 }))
    const well = await subscriber()
    const topic = await startTopic({ subscriptions: [to(url, 'ill'), to(well.url, 'well')] })
    await cloudEvents(topic).send([order('1')])
    await topic.server.settled()
    expect(idsOf(well)).toEqual(['1'])
  })
})
