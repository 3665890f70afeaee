import { expect, onTestFinished, test } from 'vitest'
import { sample, startHost } from './host-process.ts'

test('a route that takes every path does not hide those of the host', async () => {
  const host = await startHost({ apps: [{ folder: sample('catch-all') }], keys: { eventGrid: 'system' } })
  onTestFinished(() => host.stop())
  const told = async (path: string) => (await fetch(`${host.endpoint}${path}`)).text()
  expect(await told('/some/where')).toBe('everything: some/where')
  expect(await told('/runtimes')).toBe('everything: runtimes')
  const webhook = `${host.endpoint}/runtime/webhooks/EventGrid?functionName=receive&code=system`
  const headers = { 'aeg-event-type': 'Notification' }
  const delivered = await fetch(webhook, { method: 'POST', headers, body: JSON.stringify([{ id: '7' }]) })
  expect(delivered.status).toBe(202)
  await host.logged(lines => lines.includes('event 7'))
  for (const path of ['/runtime/other', '/admin/functions']) {
    const answer = await fetch(`${host.endpoint}${path}`)
    expect(await answer.text(), path).not.toContain('everything')
  }
})
