import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Binding } from '../core-api.ts'
import type { LoadedFunction } from '../invoke.ts'
import type { Listener, TriggerHost } from '../listener.ts'
import { triggerWarnings } from '../logging/trigger-warnings.ts'
import { type RetryPolicy, withRetries } from '../retry.ts'
import { messageOf, StartError } from '../start-error.ts'
import { chooseLeases } from './choose-leases.ts'
import { containerIdentity, createLeaseContainer, readRanges } from './container.ts'
import { type HeldLease, holdLease } from './held-lease.ts'
import { type Lease, type LeaseStore, openLeaseStore } from './leases.ts'
import { patientWire } from './patient-wire.ts'
import { openFeed } from './read-feed.ts'
import { type CosmosTrigger, cosmosTriggerOptions } from './trigger-options.ts'
import { openWire, type Wire } from './wire.ts'
import { workOffRange } from './work-off-range.ts'

/** How long a server that is not up yet holds up the start, in milliseconds. */
const startPatience = 30_000

/** Calls a function with what changes in a container. Throws a StartError for options that cannot work. */
export function cosmosListener(
  host: TriggerHost,
  target: LoadedFunction,
  { trigger, retry }: { trigger: Binding; retry: RetryPolicy | undefined },
): Listener {
  const options = cosmosTriggerOptions(target, trigger)
  const stopping = new AbortController()
  const owner = randomUUID()
  const held = new Map<string, { lease: HeldLease; done: Promise<void> }>()
  const data = openWire(options.connection)
  const leaseData = openWire(options.leaseConnection)
  const warn = triggerWarnings(host.log, target, 'CosmosDB')
  const sendData = patientWire(data.send, stopping.signal, warn)
  const sendLeases = patientWire(leaseData.send, stopping.signal, warn)
  const read = openFeed(sendData, options.monitored, options)
  let balancing: Promise<void> = Promise.resolve()
  let renewing: NodeJS.Timeout | undefined

  async function handle(documents: unknown[]): Promise<void> {
    const json = JSON.stringify(documents)
    try {
      await withRetries(retry, stopping.signal, retryContext =>
        host.invoker.invoke(target, {
          inputData: [{ name: target.triggerName, data: { json } }],
          ...(retryContext ? { retryContext } : {}),
        }),
      )
    } catch (error) {
      warn(`${documents.length} documents encountered an unhandled user exception: ${messageOf(error)}`)
    }
  }

  async function workOff(store: LeaseStore, lease: HeldLease): Promise<void> {
    try {
      const { pollDelay } = options
      const end = await workOffRange({ lease, read, pollDelay, calm: host.calm, stop: stopping.signal, handle })
      if (end === 'split') {
        held.delete(lease.rangeId)
        await lease.release()
        return await balance(store)
      }
    } catch (error) {
      if (!stopping.signal.aborted) warn(`reading range ${lease.rangeId} failed: ${messageOf(error)}`)
    }
    // Given back, also after a failure, so that this or another instance takes it again.
    held.delete(lease.rangeId)
    await lease.release().catch(() => {})
  }

  async function balance(store: LeaseStore): Promise<void> {
    const leases = await store.ensure(await readRanges(sendData, options.monitored))
    for (const lease of chooseLeases(leases, owner, one => isExpired(one, options))) {
      if (stopping.signal.aborted || held.has(lease.LeaseToken)) continue
      const taken = await store.replace({ ...lease, Owner: owner, timestamp: new Date().toISOString() })
      if (!taken) continue
      const mine = holdLease(store, taken)
      const entry = { lease: mine, done: Promise.resolve() }
      held.set(mine.rangeId, entry)
      entry.done = workOff(store, mine)
    }
  }

  async function balanceAgainAndAgain(store: LeaseStore): Promise<void> {
    while (!stopping.signal.aborted) {
      await sleep(options.acquireInterval, undefined, { signal: stopping.signal }).catch(() => {})
      if (stopping.signal.aborted) return
      await balance(store).catch(error => warn(`taking leases failed: ${messageOf(error)}`))
    }
  }

  return {
    async start() {
      const prefix = await checkContainers(target.name, options, [data.send, leaseData.send])
      const store = openLeaseStore(sendLeases, options.leases, prefix)
      await balance(store)
      balancing = balanceAgainAndAgain(store)
      renewing = setInterval(() => {
        for (const { lease } of held.values()) lease.renew().catch(() => {})
      }, options.renewInterval)
    },
    async stop() {
      stopping.abort()
      clearInterval(renewing)
      const running = [...held.values()]
      for (const { lease } of running) lease.wake()
      await Promise.all([balancing, ...running.map(one => one.done)])
      data.close()
      leaseData.close()
    },
  }
}

function isExpired(lease: Lease, { expirationInterval }: CosmosTrigger): boolean {
  return Date.parse(lease.timestamp) + expirationInterval < Date.now()
}

/** Answers what the function's lease ids begin with. Throws a StartError for a container that is missing. */
async function checkContainers(name: string, options: CosmosTrigger, [data, leases]: [Wire, Wire]): Promise<string> {
  const late = AbortSignal.timeout(startPatience)
  try {
    const patient = patientWire(leases, late, () => {})
    if (options.createLeases) await createLeaseContainer(patient, options.leases)
    await containerIdentity(patient, options.leases)
    const identity = await containerIdentity(
      patientWire(data, late, () => {}),
      options.monitored,
    )
    return `${options.leasePrefix}${options.connection.endpoint.hostname}_${identity}..`
  } catch (error) {
    throw new StartError(`The listener for function "${name}" was unable to start: ${messageOf(error)}`)
  }
}
