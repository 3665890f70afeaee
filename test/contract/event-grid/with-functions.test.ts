import { describe, expect, onTestFinished, test } from 'vitest'
import { sample, startHost } from '../functions/host-process.ts'
import { cloudEvents, gridEvents, order, startTopic } from './topic-under-test.ts'

describe('a function of the local host as subscriber', () => {
  test.each(['cloud-event', 'event-grid'] as const)('receives events of a %s topic', async schema => {
    const host = await startHost({ apps: [{ folder: sample('event-grid') }], keys: { eventGrid: 'secret' } })
    onTestFinished(() => host.stop())
    const url = `${host.endpoint}/runtime/webhooks/EventGrid?functionName=receive&code=secret`
    const topic = await startTopic({ schema, subscriptions: [{ name: 'all', destination: { type: 'webhook', url } }] })
    if (schema === 'cloud-event') await cloudEvents(topic).send([order('1')])
    else await gridEvents(topic).send([{ id: '1', subject: 's', eventType: 't', dataVersion: '1', data: {} }])
    await host.logged(lines => lines.some(line => line.startsWith('event ') && line.includes('"id":"1"')))
    await topic.server.settled()
    expect((await topic.deliveries()).subscriptions[0]).toMatchObject({ delivered: 1, failedAttempts: 0 })
  })

  test('gets an event again when it throws', async () => {
    const host = await startHost({ apps: [{ folder: sample('event-grid') }] })
    onTestFinished(() => host.stop())
    const url = `${host.endpoint}/runtime/webhooks/EventGrid?functionName=receive`
    const topic = await startTopic({ subscriptions: [{ name: 'all', destination: { type: 'webhook', url } }] })
    await cloudEvents(topic).send([{ ...order('1'), subject: 'fails' }])
    await topic.server.settled()
    await topic.pass(60_000)
    expect((await topic.deliveries()).subscriptions[0]).toMatchObject({ pending: 1, failedAttempts: 3 })
  })
})
