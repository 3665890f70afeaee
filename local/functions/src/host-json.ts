import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { RegisteredRetry } from './core-api.ts'
import { messageOf, StartError } from './start-error.ts'
import { type BlobOptions, blobOptions, type QueueOptions, queueOptions } from './storage/host-options.ts'
import { parseTimeSpan } from './time-span.ts'

/** What this host takes from an app's `host.json`. */
export interface HostJson {
  /** In front of every HTTP route, without slashes; may be empty. */
  routePrefix: string
  /** Milliseconds one invocation may take; -1 for no limit. */
  functionTimeout: number
  /** For every function without a policy of its own. */
  retry?: RegisteredRetry
  queues: QueueOptions
  blobs: BlobOptions
}

type Json = Record<string, unknown>

/** The service's limit outside the consumption plan. */
const defaultFunctionTimeout = 30 * 60_000

/** Reads and checks `host.json`. Throws a StartError when it is missing or wrong. */
export function readHostJson(folder: string): HostJson {
  const file = join(folder, 'host.json')
  if (!existsSync(file)) throw new StartError(`${file} is missing.`)
  const json = parse(file)
  if (json.version !== '2.0') throw new StartError(`${file}: "version" must be "2.0".`)
  const extensions = section(file, json, 'extensions')
  const http = section(file, extensions, 'http')
  const prefix = http.routePrefix ?? 'api'
  if (typeof prefix !== 'string') throw new StartError(`${file}: extensions.http.routePrefix must be a string.`)
  return {
    routePrefix: prefix.replace(/^\/+|\/+$/g, ''),
    functionTimeout: functionTimeout(file, json.functionTimeout),
    queues: queueOptions(file, section(file, extensions, 'queues')),
    blobs: blobOptions(file, section(file, extensions, 'blobs')),
    ...(json.retry === undefined ? {} : { retry: retry(file, section(file, json, 'retry')) }),
  }
}

function parse(file: string): Json {
  let value: unknown
  try {
    value = JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new StartError(`${file} is not valid JSON: ${messageOf(error)}`)
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw new StartError(`${file} must hold a JSON object.`)
  }
  return value as Json
}

function section(file: string, parent: Json, name: string): Json {
  const value = parent[name] ?? {}
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw new StartError(`${file}: "${name}" must be an object.`)
  }
  return value as Json
}

function functionTimeout(file: string, value: unknown): number {
  if (value === undefined) return defaultFunctionTimeout
  if (value === '-1' || value === -1) return -1
  return timeSpan(file, 'functionTimeout', value)
}

function timeSpan(file: string, name: string, value: unknown): number {
  const length = typeof value === 'string' ? parseTimeSpan(value) : undefined
  if (length === undefined) throw new StartError(`${file}: "${name}" must be a time span such as "00:05:00".`)
  return length
}

function retry(file: string, value: Json): RegisteredRetry {
  const seconds = (name: string) =>
    value[name] === undefined ? {} : { [name]: { seconds: timeSpan(file, `retry.${name}`, value[name]) / 1000 } }
  return {
    retryStrategy: String(value.strategy),
    maxRetryCount: Number(value.maxRetryCount),
    ...seconds('delayInterval'),
    ...seconds('minimumInterval'),
    ...seconds('maximumInterval'),
  }
}
