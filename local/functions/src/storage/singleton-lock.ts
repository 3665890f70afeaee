import { setTimeout as sleep } from 'node:timers/promises'
import type { BlobLeaseClient, ContainerClient } from '@azure/storage-blob'
import type { Listener } from '../listener.ts'
import { messageOf, StartError } from '../start-error.ts'
import { statusOf, uploadBlob } from './host-container.ts'

/** The shortest lease Azure gives, in seconds. */
const leaseSeconds = 15

/** How often the lease is renewed, and how often those without it ask for it, in milliseconds. */
const renewInterval = (leaseSeconds * 1000) / 2
const askInterval = 1_000

/** What only one instance at a time may do. */
export interface Single {
  container(): ContainerClient
  /** Of the lock, below `locks/`. */
  name: string
  /** Whose lock it is, for messages. */
  functionName: string
  warn(message: string): void
  /** Goes on until the signal: the host stops, or another instance may have the lock. */
  work(stop: AbortSignal): Promise<void>
}

/** Does something while this instance holds a lock, which is a lease on a blob; others wait for it. */
export function whileHolding(single: Single): Listener {
  const stopping = new AbortController()
  let holding: Promise<void> = Promise.resolve()

  async function take(first: BlobLeaseClient | undefined): Promise<void> {
    let lease = first
    while (!stopping.signal.aborted) {
      if (lease) await hold(single, lease, stopping.signal)
      lease = undefined
      await sleep(askInterval, undefined, { signal: stopping.signal }).catch(() => {})
      if (stopping.signal.aborted) return
      lease = await acquire(single).catch(error => {
        single.warn(`asking for the lock "${single.name}" failed: ${messageOf(error)}`)
        return undefined
      })
    }
    await lease?.releaseLease().catch(() => {})
  }

  return {
    async start() {
      const first = await acquire(single).catch(error => {
        const what = messageOf(error)
        throw new StartError(`The listener for function "${single.functionName}" was unable to start: ${what}`)
      })
      holding = take(first)
    },
    async stop() {
      stopping.abort()
      await holding
    },
  }
}

/** Answers undefined when another instance has the lease. */
async function acquire({ container, name }: Single): Promise<BlobLeaseClient | undefined> {
  const path = `locks/${name}`
  const lease = container().getBlobClient(path).getBlobLeaseClient()
  const ask = async () => {
    await lease.acquireLease(leaseSeconds)
    return lease
  }
  try {
    return await ask().catch(async error => {
      if (statusOf(error) !== 404) throw error
      await uploadBlob(container(), path, { content: new Uint8Array(), onlyNew: true })
      return ask()
    })
  } catch (error) {
    if (statusOf(error) === 409 || statusOf(error) === 412) return undefined
    throw error
  }
}

async function hold(single: Single, lease: BlobLeaseClient, stop: AbortSignal): Promise<void> {
  const lost = new AbortController()
  const through = new AbortController()
  const renewing = renew(lease, through.signal).then(kept => {
    if (kept) return
    single.warn(`the lock "${single.name}" was lost.`)
    lost.abort()
  })
  const over = AbortSignal.any([stop, lost.signal])
  try {
    await Promise.all([single.work(over), aborted(over)])
  } catch (error) {
    single.warn(messageOf(error))
  }
  // Kept until the work is through: nobody else begins before.
  through.abort()
  await renewing
  await lease.releaseLease().catch(() => {})
}

/** Answers false when the lease is lost: another has it, or storage did not answer until it ran out. */
async function renew(lease: BlobLeaseClient, through: AbortSignal): Promise<boolean> {
  let renewed = Date.now()
  let wait = renewInterval
  while (!through.aborted) {
    await sleep(wait, undefined, { signal: through }).catch(() => {})
    if (through.aborted) return true
    try {
      await lease.renewLease()
      renewed = Date.now()
      wait = renewInterval
    } catch (error) {
      const other = statusOf(error) === 409 || statusOf(error) === 404
      if (other || Date.now() - renewed > leaseSeconds * 1000) return false
      wait = askInterval
    }
  }
  return true
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise(resolve => signal.addEventListener('abort', () => resolve(), { once: true }))
}
