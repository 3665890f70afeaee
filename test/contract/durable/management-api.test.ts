import { beforeAll, describe, expect, test } from 'vitest'
import { loadSample, openTestHub, type Sample, type TestHub } from './durable-harness.ts'

let sample: Sample
beforeAll(async () => {
  sample = await loadSample('steps')
})

/** A hub with an instance of every kind. */
async function populated(): Promise<TestHub> {
  const hub = openTestHub(sample)
  await hub.start('waitFor', ['go'], 'running')
  await hub.start('returnInput', { a: 1 }, 'completed')
  await hub.start('failing', {}, 'failed')
  await hub.start('waitFor', ['go'], 'terminated')
  await hub.request('POST', 'instances/terminated/terminate?reason=enough')
  await hub.start('waitFor', ['go'], 'suspended')
  await hub.request('POST', 'instances/suspended/suspend?reason=later')
  await hub.durable.idle()
  return hub
}

describe('every request is answered with its status', () => {
  test.each([
    ['GET', 'instances/running', 202],
    ['GET', 'instances/suspended', 202],
    ['GET', 'instances/completed', 200],
    ['GET', 'instances/failed', 200],
    ['GET', 'instances/failed?returnInternalServerErrorOnFailure=true', 500],
    ['GET', 'instances/completed?returnInternalServerErrorOnFailure=true', 200],
    ['GET', 'instances/terminated', 200],
    ['GET', 'instances/nobody', 404],
    ['PUT', 'instances/running', 404],
    ['POST', 'instances/', 404],
    ['GET', 'instances/', 200],
    ['GET', 'instances', 200],
    ['POST', 'instances/running/raiseEvent/go', 202],
    ['POST', 'instances/suspended/raiseEvent/go', 202],
    ['POST', 'instances/completed/raiseEvent/go', 410],
    ['POST', 'instances/failed/raiseEvent/go', 410],
    ['POST', 'instances/nobody/raiseEvent/go', 404],
    ['GET', 'instances/running/raiseEvent/go', 404],
    ['POST', 'instances/running/terminate', 202],
    ['POST', 'instances/terminated/terminate', 410],
    ['POST', 'instances/nobody/terminate', 404],
    ['POST', 'instances/running/suspend', 202],
    ['POST', 'instances/suspended/suspend', 500],
    ['POST', 'instances/completed/suspend', 410],
    ['POST', 'instances/nobody/suspend', 404],
    ['POST', 'instances/suspended/resume', 202],
    ['POST', 'instances/running/resume', 500],
    ['POST', 'instances/completed/resume', 410],
    ['POST', 'instances/failed/rewind', 501],
    ['POST', 'instances/nobody/rewind', 404],
    ['POST', 'instances/running/unheardof', 404],
    ['POST', 'instances/completed/restart', 202],
    ['POST', 'instances/nobody/restart', 400],
    ['POST', 'instances/running/restart?restartWithNewInstanceId=false', 500],
    ['DELETE', 'instances/completed', 200],
    ['DELETE', 'instances/running', 200],
    ['DELETE', 'instances/nobody', 404],
    ['DELETE', 'instances/', 400],
    ['DELETE', 'instances/?createdTimeFrom=2027-01-01', 404],
    ['POST', 'orchestrators/returnInput', 202],
    ['POST', 'orchestrators/RETURNINPUT', 202],
    ['POST', 'orchestrators/nobody', 400],
    ['GET', 'orchestrators/returnInput', 404],
    ['POST', 'orchestrators/returnInput/@entity@like', 400],
    ['POST', 'orchestrators/returnInput/a%2Fb', 400],
    ['POST', `orchestrators/returnInput/${'x'.repeat(101)}`, 400],
    ['POST', `orchestrators/returnInput/${'x'.repeat(100)}`, 202],
    ['POST', 'orchestrators/returnInput/running', 500],
    ['POST', 'orchestrators/returnInput/suspended', 500],
    ['POST', 'orchestrators/returnInput/completed', 202],
    ['POST', 'orchestrators/returnInput?taskHub=testhub', 202],
    ['POST', 'orchestrators/returnInput?taskHub=another', 501],
    ['POST', 'makeprimary', 501],
    ['GET', 'entities/Nobody/x', 404],
    ['POST', 'entities/Nobody/x?op=add', 400],
    ['GET', 'whatever', 404],
    ['GET', '', 404],
  ])('%s %s: %i', async (method, path, status) => {
    const hub = await populated()
    expect((await hub.request(method, path)).status).toBe(status)
  })

  test.each([
    ['orchestrators/returnInput', '{', 400],
    ['instances/running/raiseEvent/go', '{', 400],
  ])('POST %s with a broken body: %i', async (path, body, status) => {
    const hub = await populated()
    expect((await hub.request('POST', path, body)).status).toBe(status)
  })

  test('an event that is no JSON is refused', async () => {
    const hub = await populated()
    const plain = { 'content-type': 'text/plain' }
    expect((await hub.request('POST', 'instances/running/raiseEvent/go', '1', plain)).status).toBe(400)
  })
})

describe('starting', () => {
  test('answers where to ask, and when', async () => {
    const hub = openTestHub(sample)
    const { headers, body } = await hub.request('POST', 'orchestrators/returnInput/abc')
    const base = 'http://test/runtime/webhooks/durabletask/instances/abc'
    expect(body).toEqual({
      id: 'abc',
      statusQueryGetUri: `${base}?taskHub=TestHub&connection=Storage`,
      sendEventPostUri: `${base}/raiseEvent/{eventName}?taskHub=TestHub&connection=Storage`,
      terminatePostUri: `${base}/terminate?reason={text}&taskHub=TestHub&connection=Storage`,
      purgeHistoryDeleteUri: `${base}?taskHub=TestHub&connection=Storage`,
      restartPostUri: `${base}/restart?taskHub=TestHub&connection=Storage`,
      suspendPostUri: `${base}/suspend?reason={text}&taskHub=TestHub&connection=Storage`,
      resumePostUri: `${base}/resume?reason={text}&taskHub=TestHub&connection=Storage`,
    })
    expect(headers.location).toBe(`${base}?taskHub=TestHub&connection=Storage`)
    expect(headers['retry-after']).toBe('10')
  })

  test('an id that has ended starts it all over, silently', async () => {
    const hub = openTestHub(sample)
    await hub.start('returnInput', 'first', 'again')
    await hub.pass(5_000)
    await hub.start('returnInput', 'second', 'again')
    expect(await hub.status('again')).toMatchObject({ output: 'second', createdTime: '2026-01-01T00:00:05Z' })
  })

  test('an id in use says so and changes nothing', async () => {
    const hub = await populated()
    const { body } = await hub.request('POST', 'orchestrators/returnInput/running')
    expect(body).toMatchObject({
      ExceptionMessage: 'An Orchestration instance with the status Running already exists.',
    })
    expect((await hub.status('running')).name).toBe('waitFor')
  })

  test('an id in use replaces it when the host says any state may be replaced', async () => {
    const hub = openTestHub(sample, { overridable: 'AnyState' })
    await hub.start('sleep', { seconds: 10 }, 'x')
    await hub.start('returnInput', 'new', 'x')
    expect((await hub.status('x')).output).toBe('new')
    await hub.finish()
    expect((await hub.status('x')).output).toBe('new')
  })

  test('hands a version to the orchestration', async () => {
    const hub = openTestHub(sample)
    await hub.request('POST', 'orchestrators/returnInput/v?version=2.1')
    await hub.durable.idle()
    expect(hub.turns[0]?.history[1]).toMatchObject({ EventType: 0, Version: '2.1' })
  })

  test('and waiting answers the output when it ends in time', async () => {
    const hub = openTestHub(sample)
    const { status, body } = await hub.request('POST', 'orchestrators/sequence?timeout=10&pollingInterval=1', '[2]')
    expect([status, body]).toEqual([200, [4]])
  })

  test('and waiting answers the status when it fails', async () => {
    const hub = openTestHub(sample)
    const { status, body } = await hub.request('POST', 'orchestrators/failing?timeout=10&pollingInterval=1')
    expect(status).toBe(200)
    expect(body).toMatchObject({ runtimeStatus: 'Failed' })
  })

  test('and waiting answers where to ask when it takes longer', async () => {
    const hub = openTestHub(sample)
    const body = JSON.stringify({ seconds: 60 })
    const waiting = hub.request('POST', 'orchestrators/sleep/long?timeout=10&pollingInterval=1', body)
    await hub.pass(10_000)
    expect(await waiting).toMatchObject({ status: 202, body: { id: 'long' } })
  })

  test('and waiting for less than an interval is refused', async () => {
    const hub = openTestHub(sample)
    expect((await hub.request('POST', 'orchestrators/sequence?timeout=1&pollingInterval=2', '[2]')).status).toBe(400)
  })

  test('again with a new id keeps name and input', async () => {
    const hub = await populated()
    const { body } = await hub.request('POST', 'instances/completed/restart')
    await hub.durable.idle()
    const { id } = body as { id: string }
    expect(id).not.toBe('completed')
    expect(await hub.status(id)).toMatchObject({ name: 'returnInput', output: { a: 1 } })
  })
})

describe('a status', () => {
  test('has every member, null when there is nothing', async () => {
    const hub = await populated()
    expect(await hub.status('running')).toEqual({
      name: 'waitFor',
      instanceId: 'running',
      runtimeStatus: 'Running',
      input: ['go'],
      customStatus: null,
      output: null,
      createdTime: '2026-01-01T00:00:00Z',
      lastUpdatedTime: '2026-01-01T00:00:00Z',
      historyEvents: null,
    })
  })

  test('of a running instance says where and when to ask again', async () => {
    const hub = await populated()
    const { headers } = await hub.request('GET', 'instances/running')
    expect(headers).toMatchObject({ location: 'http://test/instances/running', 'retry-after': '5' })
  })

  test('is without input when nobody wants it', async () => {
    const hub = await populated()
    expect((await hub.status('completed', '?showInput=false')).input).toBeNull()
  })

  test('shows the history for people: answers with what was asked, no turns', async () => {
    const hub = openTestHub(sample)
    const id = await hub.start('sequence', [2])
    const { historyEvents } = await hub.status(id, '?showHistory=true')
    expect(historyEvents).toMatchObject([
      { EventType: 'ExecutionStarted', FunctionName: 'sequence', Input: '[2]' },
      { EventType: 'TaskCompleted', FunctionName: 'double', Input: '[2]', ScheduledTime: expect.any(String) },
      { EventType: 'ExecutionCompleted', OrchestrationStatus: 'Completed' },
    ])
    expect(JSON.stringify(historyEvents)).not.toContain('Result')
  })

  test('shows results and hides inputs on demand', async () => {
    const hub = openTestHub(sample)
    const id = await hub.start('sequence', [2])
    const query = '?showHistory=true&showHistoryOutput=true&showInput=false'
    const { historyEvents } = await hub.status(id, query)
    expect(historyEvents?.map(({ Result }) => Result)).toEqual([undefined, 4, [4]])
    expect(JSON.stringify(historyEvents)).not.toContain('Input')
  })
})

describe('lists', () => {
  const idsOf = (body: unknown) => (body as { instanceId: string }[]).map(({ instanceId }) => instanceId)

  test.each([
    ['', ['completed', 'failed', 'running', 'suspended', 'terminated']],
    ['?runtimeStatus=Running,Failed', ['failed', 'running']],
    ['?runtimeStatus=Running&runtimeStatus=Failed', ['failed', 'running']],
    ['?runtimeStatus=Nonsense', ['completed', 'failed', 'running', 'suspended', 'terminated']],
    ['?runtimeStatus=1', ['completed']],
    ['?instanceIdPrefix=s', ['suspended']],
    ['?createdTimeFrom=2026-01-02', []],
    ['?createdTimeTo=2025-12-31', []],
    ['?createdTimeFrom=2026-01-01T00:00:00.000Z&createdTimeTo=2026-01-01T00:00:00.000Z', 5],
  ])('instances/%s', async (query, expected) => {
    const hub = await populated()
    const ids = idsOf((await hub.request('GET', `instances/${query}`)).body)
    if (typeof expected === 'number') expect(ids).toHaveLength(expected)
    else expect(ids).toEqual(expected)
  })

  test('come in pages', async () => {
    const hub = await populated()
    const pages: string[][] = []
    let token = ''
    do {
      const { body, headers } = await hub.request('GET', 'instances/?top=2', undefined, {
        'x-ms-continuation-token': token,
      })
      pages.push(idsOf(body))
      token = headers['x-ms-continuation-token'] ?? ''
    } while (token !== '')
    expect(pages).toEqual([['completed', 'failed'], ['running', 'suspended'], ['terminated']])
  })
})

describe('purging', () => {
  test('forgets an instance and its history', async () => {
    const hub = await populated()
    expect((await hub.request('DELETE', 'instances/completed')).body).toEqual({ instancesDeleted: 1 })
    expect((await hub.request('GET', 'instances/completed')).status).toBe(404)
  })

  test('by time and status forgets what has ended', async () => {
    const hub = await populated()
    const path = 'instances/?createdTimeFrom=2026-01-01'
    expect((await hub.request('DELETE', `${path}&runtimeStatus=Failed`)).body).toEqual({ instancesDeleted: 1 })
    expect((await hub.request('DELETE', path)).body).toEqual({ instancesDeleted: 2 })
    expect((await hub.request('GET', 'instances/')).body).toHaveLength(2)
  })

  test('a running instance lets its answers come to nobody', async () => {
    const hub = openTestHub(sample)
    await hub.start('sleep', { seconds: 10 }, 'gone')
    await hub.request('DELETE', 'instances/gone')
    await hub.finish()
    expect((await hub.request('GET', 'instances/gone')).status).toBe(404)
    expect(hub.turns).toHaveLength(1)
  })
})
