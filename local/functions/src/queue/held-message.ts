import { setTimeout as sleep } from 'node:timers/promises'
import type { DequeuedMessageItem, QueueClient } from '@azure/storage-queue'
import { statusOf } from '../storage/host-container.ts'

/** A message nobody else sees while it is worked on. */
export interface HeldMessage {
  /** Ends the hold without telling anybody: the message stays invisible until its time is over. */
  end(): Promise<void>
  delete(): Promise<void>
  /** Lets others see it after some milliseconds. */
  release(after: number): Promise<void>
}

/** Keeps a message invisible, renewing that at half of the time. @param visibility milliseconds */
export function holdMessage(queue: QueueClient, message: DequeuedMessageItem, visibility: number): HeldMessage {
  const through = new AbortController()
  let { popReceipt } = message
  const { messageId } = message

  async function renew(): Promise<void> {
    while (!through.signal.aborted) {
      await sleep(visibility / 2, undefined, { signal: through.signal }).catch(() => {})
      if (through.signal.aborted) return
      try {
        const answer = await queue.updateMessage(messageId, popReceipt, undefined, seconds(visibility))
        popReceipt = answer.popReceipt ?? popReceipt
      } catch (error) {
        if (isGone(error)) return
      }
    }
  }
  const renewing = renew()

  async function end(): Promise<void> {
    through.abort()
    await renewing
  }
  return {
    end,
    async delete() {
      await end()
      await queue.deleteMessage(messageId, popReceipt).catch(ignoreGone)
    },
    async release(after) {
      await end()
      await queue.updateMessage(messageId, popReceipt, undefined, seconds(after)).catch(ignoreGone)
    },
  }
}

/** A whole number, as the service counts. */
export function seconds(milliseconds: number): number {
  return Math.ceil(milliseconds / 1000)
}

/** Somebody else took it over, or it is deleted, or its queue is. */
function isGone(error: unknown): boolean {
  return [400, 404, 409].includes(statusOf(error) ?? 0)
}

function ignoreGone(error: unknown): void {
  if (!isGone(error)) throw error
}
