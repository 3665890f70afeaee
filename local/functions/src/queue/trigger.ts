import { isUtf8 } from 'node:buffer'
import type { DequeuedMessageItem } from '@azure/storage-queue'
import { type BindingData, membersOf } from '../bindings/expression.ts'
import type { Binding, TypedData } from '../core-api.ts'
import type { LoadedFunction } from '../invoke.ts'
import type { Listener, TriggerHost } from '../listener.ts'
import { triggerWarnings } from '../logging/trigger-warnings.ts'
import { StartError } from '../start-error.ts'
import { connectionOf, findStorage } from '../storage/connection.ts'
import { typedMetadata, zonedTime } from '../storage/trigger-metadata.ts'
import { decodeMessage } from './message-text.ts'
import { createNap } from './nap.ts'
import { poisonQueueOf } from './poison-queue.ts'
import { workOffQueue } from './work-off-queue.ts'

/** Calls a function with each message of a queue. Throws a StartError for options that cannot work. */
export function queueListener(host: TriggerHost, target: LoadedFunction, trigger: Binding): Listener {
  const { name, app } = target
  const queueName = typeof trigger.queueName === 'string' ? trigger.queueName.toLowerCase() : ''
  if (!/^[a-z0-9](-?[a-z0-9])+$/.test(queueName) || queueName.length < 3 || queueName.length > 63) {
    throw new StartError(`Function "${name}": "${trigger.queueName}" is not the name of a queue.`)
  }
  const account = findStorage(name, app.settings, connectionOf(trigger))
  const options = app.hostJson.queues
  const stopping = new AbortController()
  const warn = triggerWarnings(host.log, target, 'Queue')
  let working: Promise<void> = Promise.resolve()

  async function handle(message: DequeuedMessageItem): Promise<void> {
    const content = decodeMessage(message.messageText, options.messageEncoding) ?? Buffer.alloc(0)
    if (!isBinary(trigger) && !isUtf8(content)) {
      warn(`the message ${message.messageId} is not UTF-8.`)
      throw new Error('A message that is no text.')
    }
    const data = metadataOf(message, content)
    await host.invoker.invoke(target, {
      inputData: [{ name: target.triggerName, data: payload(content, trigger) }],
      triggerMetadata: typedMetadata(data),
      bindingData: data,
    })
  }

  return {
    async start() {
      if (target.metadata.retryOptions) warn('a queue trigger takes no retry policy; it is ignored.')
      const queues = account.queues()
      const poison = poisonQueueOf(queues, queueName)
      working = workOffQueue({
        queue: queues.getQueueClient(queueName),
        options,
        visibility: host.storage.times.messageVisibility,
        isReadable: ({ messageText }) => decodeMessage(messageText, options.messageEncoding) !== undefined,
        handle,
        poisonQueue: () => poison,
        warn,
        nap: createNap(),
        stop: stopping.signal,
      })
    },
    async stop() {
      stopping.abort()
      await working
    },
  }
}

function isBinary({ dataType }: Binding): boolean {
  return typeof dataType === 'string' && /^(binary|stream)$/i.test(dataType)
}

function payload(content: Buffer, trigger: Binding): TypedData {
  return isBinary(trigger) ? { bytes: content } : { string: content.toString('utf8') }
}

/** A message's own members win over what is known about it. */
function metadataOf(message: DequeuedMessageItem, content: Buffer): BindingData {
  const text = content.toString('utf8')
  return {
    ...(isUtf8(content) ? { queueTrigger: text } : {}),
    dequeueCount: message.dequeueCount,
    expirationTime: zonedTime(message.expiresOn),
    id: message.messageId,
    insertionTime: zonedTime(message.insertedOn),
    nextVisibleTime: zonedTime(message.nextVisibleOn),
    popReceipt: message.popReceipt,
    ...membersOf(text),
  }
}
