import { databaseName } from '@remit/documents/containers'
import { readLeaseSettings } from './environment.ts'

/** Pause of the functions that carry out what operators want, after an empty poll; milliseconds. */
export const OPERATOR_POLL = 500

/** Pause of the function that sends news, after an empty poll: nobody's credits wait for it; milliseconds. */
export const NEWS_POLL = 50

/**
 * What every change feed function of this system declares. The host checkpoints a batch even after a failure, so a
 * failure is repeated for ever: nothing is ever skipped.
 *
 * @param pollMilliseconds pause after an empty poll.
 */
export function feedOptions(pollMilliseconds: number) {
  const leases = readLeaseSettings()
  return {
    connection: 'COSMOS',
    databaseName,
    leaseContainerName: 'leases',
    startFromBeginning: true,
    feedPollDelay: pollMilliseconds,
    maxItemsPerInvocation: 100,
    leaseAcquireInterval: leases.LEASE_ACQUIRE_MILLISECONDS,
    leaseRenewInterval: leases.LEASE_RENEW_MILLISECONDS,
    leaseExpirationInterval: leases.LEASE_EXPIRATION_MILLISECONDS,
    retry: {
      strategy: 'exponentialBackoff',
      maxRetryCount: -1,
      // Whole seconds: the Functions library rounds intervals to them.
      minimumInterval: { seconds: 1 },
      maximumInterval: { seconds: 30 },
    },
  } as const
}
