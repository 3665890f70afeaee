/** The shapes `@azure/functions` and its host exchange, as far as this host uses them. */

import type { LogLevel } from '@azure/functions'

export type LogCategory = 'user' | 'system'

/** One log line of the host or of a function. */
export interface LogEntry {
  /** Milliseconds since 1970. */
  at: number
  level: LogLevel
  /** `Function.<name>.User` for what a function says, `Function.<name>` for what is said of it, or `Host.…`. */
  category: string
  message: string
  functionName?: string
  invocationId?: string
}

export type Log = (entry: LogEntry) => void

/** A trigger, input or output as the library registers it: the app's own options beside these. */
export interface Binding {
  type: string
  direction: 'in' | 'out'
  name?: string
  [option: string]: unknown
}

/** A length of time as the library hands it over: whole seconds, already rounded. */
interface RpcDuration {
  seconds?: number
}

/** A retry policy as the library registers it. */
export interface RegisteredRetry {
  retryStrategy?: string
  maxRetryCount?: number
  delayInterval?: RpcDuration
  minimumInterval?: RpcDuration
  maximumInterval?: RpcDuration
}

export interface FunctionMetadata {
  name: string
  bindings: Record<string, Binding>
  retryOptions?: RegisteredRetry
}

export type Handler = (...inputs: unknown[]) => unknown
export type HookCallback = (context: Record<string, unknown>) => unknown

export interface TypedData {
  string?: string
  json?: string
  bytes?: Uint8Array
  int?: number
  double?: number
  http?: Record<string, unknown>
}

export interface RetryContext {
  retryCount: number
  maxRetryCount: number
  exception?: { message: string; source: string; stackTrace: string }
}

/** What one invocation carries to the library. */
export interface InvocationRequest {
  invocationId: string
  inputData: { name: string; data: TypedData }[]
  triggerMetadata?: Record<string, TypedData>
  traceContext?: { traceParent: string; traceState: string }
  retryContext?: RetryContext
}

export interface InvocationResponse {
  returnValue?: TypedData | null
  outputData?: { name: string; data: TypedData }[]
}

export interface InvocationModel {
  getArguments(): Promise<{ context: unknown; inputs: unknown[] }>
  invokeFunction(context: unknown, inputs: unknown[], handler: Handler): Promise<unknown>
  getResponse(context: unknown, result: unknown): Promise<InvocationResponse>
}

export interface ProgrammingModel {
  name: string
  version: string
  getInvocationModel(context: Record<string, unknown>): InvocationModel
  getCapabilities(capabilities: Record<string, string>): Promise<Record<string, string>>
}
