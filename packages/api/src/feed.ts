import { databaseName } from '@remit/documents/containers'

/**
 * What every change feed function of this system declares. The host checkpoints a batch even after a failure, so a
 * failure is repeated for ever: nothing is ever skipped.
 *
 * @param pollMilliseconds pause after an empty poll.
 */
export function feedOptions(pollMilliseconds: number) {
  return {
    connection: 'COSMOS',
    databaseName,
    leaseContainerName: 'leases',
    startFromBeginning: true,
    feedPollDelay: pollMilliseconds,
    maxItemsPerInvocation: 100,
    // Milliseconds. Shorter than the defaults (13, 17 and 60 s): what a killed process left behind goes on within
    // seconds, and handling something twice when a lease moves too early is harmless here.
    leaseAcquireInterval: 2_000,
    leaseRenewInterval: 3_000,
    leaseExpirationInterval: 10_000,
    retry: {
      strategy: 'exponentialBackoff',
      maxRetryCount: -1,
      // Whole seconds: the Functions library rounds intervals to them.
      minimumInterval: { seconds: 1 },
      maximumInterval: { seconds: 30 },
    },
  } as const
}
