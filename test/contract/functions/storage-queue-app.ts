import { randomUUID } from 'node:crypto'
import type { QueueClient } from '@azure/storage-queue'
import type { HostProcess } from './host-process.ts'
import { type Account, said } from './storage-account.ts'

/** An app that says what it gets, over a queue of its own which it looks into often. */
export async function queueApp(
  account: Account,
  { body = '', options = '', queues = {}, logLevel = {}, times = {} }: Partial<AppParts> = {},
) {
  const name = `q-${randomUUID()}`
  const queue = account.queues.getQueueClient(name)
  await queue.create()
  const hostJson = {
    extensions: { queues: { maxPollingInterval: '00:00:00.2', ...queues } },
    logging: { logLevel },
  }
  const folder = await account.app(
    `app.storageQueue('work', { queueName: '${name}', connection: 'AzureWebJobsStorage', ${options}
      handler: async (item, context) => {
        const { triggerMetadata } = context
        context.log('got ' + JSON.stringify({ item, triggerMetadata, bytes: Buffer.isBuffer(item) }))
        ${body}
      } })`,
    hostJson,
  )
  const start = () => account.start(folder, { times })
  return { name, queue, start, poison: account.queues.getQueueClient(`${name}-poison`) }
}

type AppParts = {
  body: string
  options: string
  queues: object
  logLevel: object
  times: { messageVisibility?: number }
}

type Got = { item: unknown; triggerMetadata: Record<string, unknown>; bytes: boolean }

/** What the app said it got. */
export const got = (lines: readonly string[]) => said(lines, 'got') as Got[]
/** What a host has said until now. */
export const all = (host: HostProcess) => host.entries.map(entry => entry.message)

/** How many messages there are, also those nobody sees. */
export async function count(queue: QueueClient): Promise<number | undefined> {
  return (await queue.getProperties()).approximateMessagesCount
}
