import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Configuration, readConfiguration } from './configuration.ts'
import type { RegisteredRetry } from './core-api.ts'
import { type LogLevels, readLogLevels } from './logging/log-levels.ts'
import { messageOf, StartError } from './start-error.ts'
import { type BlobOptions, blobOptions, type QueueOptions, queueOptions } from './storage/host-options.ts'

/** What this host takes from an app's `host.json`. */
export interface HostJson {
  /** In front of every HTTP route, without slashes; may be empty. */
  routePrefix: string
  /** Added to every HTTP answer that has no such header. */
  customHeaders: [string, string][]
  /** Requests that run at once, and those that run or wait, before one is answered 429; -1 for no limit. */
  maxConcurrentRequests: number
  maxOutstandingRequests: number
  /** Milliseconds one invocation may take; -1 for no limit. */
  functionTimeout: number
  /** For every function without a policy of its own. */
  retry?: RegisteredRetry
  queues: QueueOptions
  blobs: BlobOptions
  logLevels: LogLevels
}

/** The service's limit outside the consumption plan, in milliseconds. */
const defaultFunctionTimeout = 30 * 60_000

/** Reads and checks `host.json`. Throws a StartError when it is missing or wrong. */
export function readHostJson(folder: string, settings: NodeJS.ProcessEnv): HostJson {
  const file = join(folder, 'host.json')
  if (!existsSync(file)) throw new StartError(`${file} is missing.`)
  const json = parse(file)
  if (json.version === undefined && Object.keys(json).length > 0) {
    throw new StartError(`${file} is missing the required "version" property.`)
  }
  if (json.version !== undefined && json.version !== '2.0') {
    throw new StartError(`${file}: "${json.version}" is an invalid value for "version"; it must be "2.0".`)
  }
  const configuration = readConfiguration(file, json, settings)
  const unlimited = { initial: -1, least: -1 }
  return {
    routePrefix: configuration.text('extensions:http:routePrefix', 'api').replace(/^\/+|\/+$/g, ''),
    customHeaders: [...configuration.below('extensions:http:customHeaders')],
    maxConcurrentRequests: configuration.wholeNumber('extensions:http:maxConcurrentRequests', unlimited),
    maxOutstandingRequests: configuration.wholeNumber('extensions:http:maxOutstandingRequests', unlimited),
    functionTimeout:
      configuration.text('functionTimeout', '') === '-1'
        ? -1
        : configuration.timeSpan('functionTimeout', defaultFunctionTimeout),
    ...(configuration.has('retry:strategy') || configuration.has('retry:maxRetryCount')
      ? { retry: retry(configuration) }
      : {}),
    queues: queueOptions(file, configuration),
    blobs: blobOptions(configuration),
    logLevels: readLogLevels(file, configuration),
  }
}

function parse(file: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new StartError(`${file} is not valid JSON: ${messageOf(error)}`)
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw new StartError(`${file} must hold a JSON object.`)
  }
  return value as Record<string, unknown>
}

function retry(configuration: Configuration): RegisteredRetry {
  const seconds = (name: string) =>
    configuration.has(`retry:${name}`) ? { [name]: { seconds: configuration.timeSpan(`retry:${name}`, 0) / 1000 } } : {}
  return {
    retryStrategy: configuration.text('retry:strategy', ''),
    maxRetryCount: configuration.wholeNumber('retry:maxRetryCount', { initial: 0, least: -1 }),
    ...seconds('delayInterval'),
    ...seconds('minimumInterval'),
    ...seconds('maximumInterval'),
  }
}
