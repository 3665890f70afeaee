import { type DurableClient, OrchestrationRuntimeStatus } from 'durable-functions'
import type { Companions } from './follow-review.ts'
import { CHANGED } from './review-transfer.ts'
import type { Addresses } from './write-letters.ts'

/** The name of the orchestration, as `main.ts` registers it. */
export const ORCHESTRATION = 'reviewTransfer'

const running = new Set([
  OrchestrationRuntimeStatus.Pending,
  OrchestrationRuntimeStatus.Running,
  OrchestrationRuntimeStatus.ContinuedAsNew,
  OrchestrationRuntimeStatus.Suspended,
])

/** Orchestrations that accompany reviews, each under the id of its transfer. */
export function durableCompanions(client: DurableClient): Companions {
  const isRunning = async (transferId: string) => {
    const status = await client.getStatus(transferId).catch(unknown)
    return status !== undefined && running.has(status.runtimeStatus)
  }
  return {
    isRunning,
    start: async transferId => {
      try {
        await client.startNew(ORCHESTRATION, { instanceId: transferId, input: { transferId } })
      } catch (error) {
        // Another delivery of the same news may have been faster.
        if (!(await isRunning(transferId))) throw error
      }
    },
    tellChange: transferId => client.raiseEvent(transferId, CHANGED, {}),
  }
}

/** The library throws where there is no such instance. */
function unknown(error: unknown): undefined {
  if (error instanceof Error && /404|not found|no instance/i.test(error.message)) return undefined
  throw error
}

/** What may stand before the @ of an address without being quoted. */
const plain = /^[A-Za-z0-9._+-]{1,64}$/

/** @param owners with `{owner}` where the owner's name goes */
export function addressesBy(reviewers: string, owners: string): Addresses {
  return { reviewers, ofOwner: owner => (plain.test(owner) ? owners.replace('{owner}', owner) : undefined) }
}
