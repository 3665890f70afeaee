import type { Clock } from 'local-clock/clock'
import type { FunctionRegistry } from './function-registry.ts'
import type { HubStore } from './store/hub-store.ts'

/** Calls the app's functions by name: input and result are JSON. A rejection is the function's own error. */
export interface DurableFunctions {
  orchestrator(name: string, input: string): Promise<string | undefined>
  activity(name: string, input: string): Promise<string | undefined>
  entity(name: string, input: string): Promise<string | undefined>
}

export type LogLevel = 'information' | 'warning' | 'error'
export type Log = (level: LogLevel, message: string) => void

/** What every part of a running task hub shares. */
export interface Hub {
  taskHub: string
  store: HubStore
  clock: Clock
  log: Log
  functions: DurableFunctions
  known: FunctionRegistry
  /** A new id for an instance or an execution. */
  newId(): string
  /** Nothing may be called or stored any more: the process is about to end. */
  isAborted(): boolean
  /** Something was stored: look for work. */
  wake(): void
}
