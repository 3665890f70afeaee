import type { DequeuedMessageItem } from '@azure/storage-queue'
import type { Binding } from '../core-api.ts'
import type { LoadedFunction } from '../invoke.ts'
import type { Listener, TriggerHost } from '../listener.ts'
import { triggerWarnings } from '../logging/trigger-warnings.ts'
import { decodeMessage } from '../queue/message-text.ts'
import { createNap } from '../queue/nap.ts'
import { workOffQueue } from '../queue/work-off-queue.ts'
import { StartError } from '../start-error.ts'
import { connectionOf, findStorage, type StorageAccount } from '../storage/connection.ts'
import { hostContainer } from '../storage/host-container.ts'
import { functionIdOf, hostIdOf } from '../storage/host-id.ts'
import { blobQueueOptions } from '../storage/host-options.ts'
import { whileHolding } from '../storage/singleton-lock.ts'
import { typedMetadata } from '../storage/trigger-metadata.ts'
import { type BlobEvents, createdBlob } from './blob-events.ts'
import { type BlobMessage, readBlobMessage } from './blob-message.ts'
import { blobMetadata } from './blob-metadata.ts'
import { readContent } from './content.ts'
import { type PathPattern, parsePathPattern } from './path-pattern.ts'
import { presentBlob, propertiesOf, queueBlob } from './queue-blob.ts'
import { scanContainers } from './scan-containers.ts'

/** A function that waits for blobs. */
export interface BlobFunction {
  id: string
  target: LoadedFunction
  pattern: PathPattern
  /** Where its blobs are. */
  account: StorageAccount
  /** Whether its container is looked through, or Event Grid says what is new. */
  isScanned: boolean
  dataType: unknown
}

/** One for all functions of an app that wait for blobs: what is found goes through one queue. */
export interface BlobListener extends Listener {
  functions: Map<string, BlobFunction>
  /** Takes in what Event Grid says; rejects when it cannot be kept. */
  hear(called: BlobFunction, event: Record<string, unknown>): Promise<void>
}

const poisonQueue = 'webjobs-blobtrigger-poison'

const sources = ['LogsAndContainerScan', 'EventGrid']

/** Adds a function, and with an app's first one the listener of them all. Throws a StartError for wrong options. */
export function addBlobTrigger(
  host: TriggerHost,
  target: LoadedFunction,
  { trigger, listeners, blobEvents }: { trigger: Binding; listeners: Listener[]; blobEvents: BlobEvents },
): void {
  const { name, app } = target
  const source = trigger.source ?? 'LogsAndContainerScan'
  if (typeof source !== 'string' || !sources.includes(source)) {
    throw new StartError(
      `Function "${name}": the source "${source}" of a blob trigger is none of ${sources.join(', ')}.`,
    )
  }
  if (typeof trigger.path !== 'string') throw new StartError(`Function "${name}": "path" is missing.`)
  const blobFunction: BlobFunction = {
    id: functionIdOf(name),
    target,
    pattern: parsePathPattern(name, trigger.path),
    account: findStorage(name, app.settings, connectionOf(trigger)),
    isScanned: source !== 'EventGrid',
    dataType: trigger.dataType,
  }
  const listener = listenerOf(host, blobFunction)
  listener.functions.set(blobFunction.id, blobFunction)
  if (!listeners.includes(listener)) listeners.push(listener)
  if (!blobFunction.isScanned)
    blobEvents.set(blobFunction.id.toLowerCase(), event => listener.hear(blobFunction, event))
}

function listenerOf(host: TriggerHost, first: BlobFunction): BlobListener {
  const { name, app } = first.target
  const state = findStorage(name, app.settings)
  const hostId = hostIdOf(app)
  const listener = host.storage.blobListeners.get(hostId) ?? blobListener(host, { hostId, state, first })
  host.storage.blobListeners.set(hostId, listener)
  return listener
}

interface BlobPlace {
  hostId: string
  /** Where receipts and the queue are. */
  state: StorageAccount
  first: BlobFunction
}

function blobListener(host: TriggerHost, { hostId, state, first }: BlobPlace): BlobListener {
  const functions = new Map([[first.id, first]])
  const { name, app } = first.target
  const stopping = new AbortController()
  const nap = createNap()
  const warn = triggerWarnings(host.log, first.target, 'Blob')
  let working: Promise<void> = Promise.resolve()
  let isScanning = false

  const queue = () => state.queues().getQueueClient(`azure-webjobs-blobtrigger-${hostId}`)
  const scanning = whileHolding({
    container: () => hostContainer(state),
    name: `${hostId}/WebJobs.Internal.Blobs.Listener`,
    functionName: name,
    warn,
    work: stop =>
      scanContainers(
        { hostId, functions, queue: queue(), receipts: hostContainer(state), warn, onHandedOver: nap.wake },
        { interval: host.storage.times.blobPollInterval, stop },
      ),
  })
  const poisonOf = (message: DequeuedMessageItem) => {
    const found = functions.get(messageOf(message)?.FunctionId ?? '')
    return (found?.account ?? state).queues().getQueueClient(poisonQueue)
  }
  return {
    functions,
    async hear(called, event) {
      const created = createdBlob(event)
      if (created?.container !== called.pattern.container || !called.pattern.match(created.name)) return
      const blob = await presentBlob(called, created.name)
      if (!blob) return
      await queueBlob(queue(), called, blob)
      nap.wake()
    },
    async start() {
      if ([...functions.values()].some(one => one.isScanned)) {
        isScanning = true
        await scanning.start()
      }
      working = workOffQueue({
        queue: queue(),
        options: blobQueueOptions(app.hostJson.blobs),
        visibility: host.storage.times.messageVisibility,
        isReadable: () => true,
        handle: message => handle(host, functions, messageOf(message)),
        poisonQueue: poisonOf,
        warn,
        nap,
        stop: stopping.signal,
      })
    },
    async stop() {
      stopping.abort()
      await Promise.all([isScanning ? scanning.stop() : undefined, working])
    },
  }
}

function messageOf({ messageText }: DequeuedMessageItem): BlobMessage | undefined {
  const content = decodeMessage(messageText, 'base64')
  return content ? readBlobMessage(content.toString('utf8')) : undefined
}

/** A blob that is gone or has changed since is left alone: its new version comes with a message of its own. */
async function handle(
  host: TriggerHost,
  functions: Map<string, BlobFunction>,
  message: BlobMessage | undefined,
): Promise<void> {
  const called = functions.get(message?.FunctionId ?? '')
  if (!message || !called) return
  const { target, account, pattern, dataType } = called
  const blob = account.blobs().getContainerClient(message.ContainerName).getBlobClient(message.BlobName)
  const properties = await propertiesOf(blob)
  if (properties?.etag !== message.ETag) return
  const content = await readContent(blob, dataType)
  if (!content) return
  const data = {
    ...blobMetadata(`${message.ContainerName}/${message.BlobName}`, blob.url, properties),
    ...pattern.match(message.BlobName),
  }
  await host.invoker.invoke(target, {
    inputData: [{ name: target.triggerName, data: content }],
    triggerMetadata: typedMetadata(data),
    bindingData: data,
  })
}
