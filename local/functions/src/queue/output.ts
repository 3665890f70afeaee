import { type BindingPlace, type OutputBinding, textOption } from '../bindings/binding.ts'
import { parseExpression } from '../bindings/expression.ts'
import type { TypedData } from '../core-api.ts'
import { connectionOf, findStorage } from '../storage/connection.ts'
import { encodeMessage } from './message-text.ts'
import { sendMessage } from './send-message.ts'

/** Sends what a function answers to a queue: a list is several messages. */
export function queueOutput(place: BindingPlace): OutputBinding {
  const { target, binding } = place
  const queueName = parseExpression(target.name, textOption(place, 'queueName'))
  const account = findStorage(target.name, target.app.settings, connectionOf(binding))
  const { messageEncoding } = target.app.hostJson.queues
  return {
    name: place.name,
    async write(value, data) {
      const queue = account.queues().getQueueClient(queueName.resolve(data).toLowerCase())
      for (const content of messagesOf(value)) await sendMessage(queue, encodeMessage(content, messageEncoding))
    },
  }
}

/** A text that is a JSON list is several messages, too. */
function messagesOf({ string, json, bytes, int, double }: TypedData): Uint8Array[] {
  if (bytes !== undefined) return [bytes]
  const text = json ?? string
  if (text === undefined) return [Buffer.from(String(int ?? double))]
  const list = listOf(text)
  if (!list) return [Buffer.from(text)]
  return list.map(item => Buffer.from(typeof item === 'string' ? item : JSON.stringify(item)))
}

function listOf(text: string): unknown[] | undefined {
  if (!/^\s*\[[\s\S]*\]\s*$/.test(text)) return undefined
  try {
    return JSON.parse(text) as unknown[]
  } catch {
    return undefined
  }
}
