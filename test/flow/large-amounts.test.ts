import { readFileSync } from 'node:fs'
import { AzureKeyCredential, EventGridPublisherClient } from '@azure/eventgrid'
import { checkConfiguration } from 'local-event-grid/configuration'
import { startEventGrid } from 'local-event-grid/server'
import { afterEach, expect, test } from 'vitest'
import { appFolder, removeAppFolders } from '../contract/functions/app-folder.ts'
import { startHost } from '../contract/functions/host-process.ts'

/** The files of the page, by the name after the language of each block. */
function filesOf(page: string): Record<string, string> {
  const text = readFileSync(new URL(`../../docs/${page}`, import.meta.url), 'utf8')
  return Object.fromEntries([...text.matchAll(/^```\w+ (\S+)\n(.*?)^```$/gms)].map(([, name, code]) => [name, code]))
}

afterEach(removeAppFolders)

test('the service of docs/add-a-service.md has fewer than 40 lines, and does what the page says', async () => {
  const { subscription = '', ...files } = filesOf('add-a-service.md')
  expect(Object.keys(files)).toEqual(['package.json', 'host.json', 'main.ts'])
  expect(Object.values(files).join('').split('\n').length + subscription.split('\n').length).toBeLessThan(40)

  const host = await startHost({ apps: [{ folder: await appFolder('', files) }] })
  const key = 'a2V5'
  const declared = JSON.parse(subscription)
  declared.destination.url = host.endpoint
  const { topics } = checkConfiguration({
    topics: [{ name: 'remit', key, inputSchema: 'cloud-event', subscriptions: [declared] }],
  })
  const eventGrid = await startEventGrid({ topics, faults: { duplicates: 1 } })
  const client = new EventGridPublisherClient(
    `${eventGrid.endpoint}/remit/api/events`,
    'CloudEvent',
    new AzureKeyCredential(key),
    { allowInsecureConnection: true },
  )
  const sent = (id: string, amount: number) => ({
    id,
    source: 'urn:remit:test',
    type: 'remit.credits-sent.v1',
    data: { streamId: 'an-account', amount },
  })
  await client.send([sent('an-account/2', 49_999), sent('an-account/3', 50_000), sent('an-account/4', 60_000)])
  const lines = await host.logged(all => all.includes('60000 left an-account'))
  await eventGrid.settled()
  expect(lines.filter(line => line.includes(' left ')).sort()).toEqual([
    '50000 left an-account',
    '60000 left an-account',
  ])
  await eventGrid.close()
  await host.stop()
})
