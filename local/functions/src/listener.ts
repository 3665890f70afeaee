import type { Clock } from 'local-clock/clock'
import type { Log } from './core-api.ts'
import type { Calm } from './cosmos/calm.ts'
import type { Invoker } from './invoke.ts'
import type { HostStorage } from './storage/host-storage.ts'

/** What every trigger gets from the host. */
export interface TriggerHost {
  invoker: Invoker
  log: Log
  calm: Calm
  storage: HostStorage
  /** Where task hubs are kept; without it a restart forgets them. */
  durableFolder?: string | undefined
  /** The time of task hubs. Only for tests. */
  durableClock?: Clock | undefined
}

/** A trigger that finds its own work. */
export interface Listener {
  /** Begins to listen. Rejects with a StartError when the trigger's place is missing. */
  start(): Promise<void>
  /** Takes no new work, lets the running invocation end and gives back what it holds. */
  stop(): Promise<void>
}
