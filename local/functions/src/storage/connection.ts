import { createRequire } from 'node:module'
import type { BlobServiceClient } from '@azure/storage-blob'
import type { QueueServiceClient } from '@azure/storage-queue'
import type { Binding } from '../core-api.ts'
import { once } from '../once.ts'
import { type Settings, setting } from '../settings.ts'
import { messageOf, StartError } from '../start-error.ts'

/** The clients take a quarter of a second to load, and most apps have no trigger that needs them. */
const require = createRequire(import.meta.url)
const blobModule = () => require('@azure/storage-blob') as typeof import('@azure/storage-blob')
const queueModule = () => require('@azure/storage-queue') as typeof import('@azure/storage-queue')

/** The setting that is meant when a binding names none. */
export const defaultConnection = 'AzureWebJobsStorage'

/** Whether a setting asks for a storage account on this machine. */
export function isDevelopmentStorage(text: string | undefined): boolean {
  return /^\s*UseDevelopmentStorage=true;?\s*$/i.test(text ?? '')
}

/** A storage account. Its clients are made when they are first asked for, when a local account is up. */
export interface StorageAccount {
  blobs(): BlobServiceClient
  queues(): QueueServiceClient
}

/** What a connection may be made of when it is an identity instead of a connection string. */
const identityMembers = ['blobServiceUri', 'queueServiceUri', 'serviceUri', 'accountName', 'credential']

/** Fewer and shorter repetitions than the clients' own: a listener asks again by itself. */
const retryOptions = { maxTries: 3, retryDelayInMs: 100, maxRetryDelayInMs: 1000 }

/** The name of the setting a connection is in: `AzureWebJobs<name>` before the name itself. */
export function connectionSetting(settings: Settings, name: string): string | undefined {
  const names = name.startsWith('AzureWebJobs') ? [name] : [`AzureWebJobs${name}`, name]
  return names.find(one => setting(settings, one) !== undefined)
}

/** The connection a binding or trigger names. */
export function connectionOf({ connection }: Binding): string {
  return typeof connection === 'string' && connection !== '' ? connection : defaultConnection
}

/** Finds an account by its connection. Throws a StartError that names the function and the setting. */
export function findStorage(functionName: string, settings: Settings, name = defaultConnection): StorageAccount {
  const wrong = (what: string) => new StartError(`Function "${functionName}": ${what}`)
  const found = connectionSetting(settings, name)
  if (found === undefined) {
    const identity = identityMembers.map(member => `${name}__${member}`).find(one => setting(settings, one))
    if (identity) throw wrong(`"${identity}": a storage connection by identity is not emulated by this host.`)
    throw wrong(`the storage connection "${name}" needs the setting "${name}", which is missing.`)
  }
  const text = () => setting(settings, found) ?? ''
  const account: StorageAccount = {
    blobs: once(() => blobModule().BlobServiceClient.fromConnectionString(text(), { retryOptions })),
    queues: once(() => queueModule().QueueServiceClient.fromConnectionString(text(), { retryOptions })),
  }
  if (!isDevelopmentStorage(text())) {
    try {
      account.blobs()
    } catch (error) {
      throw wrong(`the setting "${found}" is not a storage connection string: ${messageOf(error)}`)
    }
  }
  return account
}
