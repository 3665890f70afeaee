import { randomUUID } from 'node:crypto'
import type { HostProcess } from './host-process.ts'
import { type Account, said } from './storage-account.ts'

/** Short enough for tests. */
export const times = { blobPollInterval: 100 }

type Parts = { pattern: string; body: string; options: string; hostJson: object; more: string }

type Got = { text: string; isBuffer: boolean; metadata: Record<string, unknown> }

/** An app that says what it gets, over a container of its own. */
export async function blobApp(
  account: Account,
  { pattern = '{name}', body = '', options = '', hostJson, more = '' }: Partial<Parts> = {},
) {
  const name = `c-${randomUUID()}`
  const hostId = `h-${randomUUID().slice(0, 20)}`
  const container = account.blobs.getContainerClient(name)
  await container.create()
  const path = pattern === '' ? name : `${name}/${pattern}`
  const folder = await account.app(
    `app.storageBlob('work', { path: '${path}', connection: 'AzureWebJobsStorage', ${options}
      handler: async (blob, context) => {
        const isBuffer = Buffer.isBuffer(blob)
        const text = isBuffer ? blob.toString() : JSON.stringify(blob)
        context.log('got ' + JSON.stringify({ text, isBuffer, metadata: context.triggerMetadata }))
        ${body}
      } })
    ${more.replaceAll('CONTAINER', name)}`,
    hostJson,
  )
  return {
    name,
    hostId,
    container,
    put: (blob: string, text: string, metadata: Record<string, string> = {}) =>
      container.getBlockBlobClient(blob).upload(text, Buffer.byteLength(text), { metadata }),
    start: () => account.start(folder, { times, settings: { AzureFunctionsWebHost__hostid: hostId } }),
    queue: account.queues.getQueueClient(`azure-webjobs-blobtrigger-${hostId}`),
  }
}

/** What the app said it got. */
export const got = (lines: readonly string[]) => said(lines, 'got') as Got[]
/** What a host's app has said until now. */
export const all = (host: HostProcess) => got(host.entries.map(entry => entry.message))
/** Waits until so many blobs have come. */
export const reaches = (host: HostProcess, count: number) => host.logged(lines => got(lines).length >= count)
