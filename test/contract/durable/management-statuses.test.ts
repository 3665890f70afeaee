import { beforeAll, describe, expect, test } from 'vitest'
import { loadSample, type Sample } from './durable-harness.ts'
import { populatedHub } from './populated-hub.ts'

let sample: Sample
beforeAll(async () => {
  sample = await loadSample('steps')
})

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
    const hub = await populatedHub(sample)
    expect((await hub.request(method, path)).status).toBe(status)
  })

  test.each([
    ['orchestrators/returnInput', '{', 400],
    ['instances/running/raiseEvent/go', '{', 400],
  ])('POST %s with a broken body: %i', async (path, body, status) => {
    const hub = await populatedHub(sample)
    expect((await hub.request('POST', path, body)).status).toBe(status)
  })

  test('an event that is no JSON is refused', async () => {
    const hub = await populatedHub(sample)
    const plain = { 'content-type': 'text/plain' }
    expect((await hub.request('POST', 'instances/running/raiseEvent/go', '1', plain)).status).toBe(400)
  })
})
