import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type HostProcess, sample, startHost } from './host-process.ts'

describe('Event Grid trigger', () => {
  let host: HostProcess
  const send = (kind: string, body: unknown, name = 'receive', code = 'system') =>
    fetch(`${host.endpoint}/runtime/webhooks/EventGrid?functionName=${name}&code=${code}`, {
      method: 'POST',
      headers: { 'aeg-event-type': kind },
      body: JSON.stringify(body),
    })

  beforeAll(async () => {
    host = await startHost({ apps: [{ folder: sample('event-grid') }], keys: { eventGrid: 'system' } })
  })
  afterAll(() => host.stop())

  test('runs the function for a bare event and for each event of an array', async () => {
    expect((await send('Notification', { id: '1', subject: 'a' })).status).toBe(202)
    expect((await send('Notification', [{ id: '2' }, { id: '3' }])).status).toBe(202)
    const lines = await host.logged(all => all.filter(line => line.startsWith('event ')).length === 3)
    expect(lines.filter(line => line.startsWith('event ')).map(line => JSON.parse(line.slice(6)).id)).toEqual([
      '1',
      '2',
      '3',
    ])
  })

  test('one failure of an array is 500 for all', async () => {
    expect((await send('Notification', [{ id: '4' }, { id: '5', subject: 'fails' }])).status).toBe(500)
  })

  test('answers the validation, the unsubscription, and nothing else', async () => {
    const answer = await send('SubscriptionValidation', [{ data: { validationCode: '512d' } }])
    expect([answer.status, await answer.json()]).toEqual([200, { validationResponse: '512d' }])
    expect((await send('Unsubscribe', {})).status).toBe(202)
    expect((await send('Anything', {})).status).toBe(400)
  })

  test('consents to CloudEvents', async () => {
    const url = `${host.endpoint}/runtime/webhooks/EventGrid?functionName=receive&code=system`
    const answer = await fetch(url, { method: 'OPTIONS', headers: { 'WebHook-Request-Origin': 'eventgrid.azure.net' } })
    expect(answer.headers.get('WebHook-Allowed-Origin')).toBe('eventgrid.azure.net')
  })

  test('an unknown function is 404, a wrong key 401', async () => {
    expect((await send('Notification', {}, 'unknown')).status).toBe(404)
    expect((await send('Notification', {}, 'receive', 'wrong')).status).toBe(401)
  })
})
