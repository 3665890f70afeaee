import { join } from 'node:path'
import { startStorage } from 'local-storage/storage'
import { ConfigurationError, type TopicConfig } from './configuration.ts'

/** Where queues and blobs are. */
export interface StorageAccount {
  connectionString: string
  /** Started for these topics: then nobody else could have made their queues and containers. */
  own: boolean
}

/** The storage accounts that topics name. */
export interface StorageAccounts {
  /** @param connectionString as the configuration says it */
  get(connectionString: string): StorageAccount
  close(): Promise<void>
}

export interface StorageAccountOptions {
  environment: Record<string, string | undefined>
  /** Folder for the storage that is started; without it a restart forgets. */
  data: string | undefined
  report(message: string): void
}

const development = /^UseDevelopmentStorage=true;?$/i

/** Looks settings up, and starts a storage when one is asked for. Throws a ConfigurationError for a missing setting. */
export async function openStorageAccounts(
  topics: TopicConfig[],
  { environment, data, report }: StorageAccountOptions,
): Promise<StorageAccounts> {
  const named = topics
    .flatMap(topic => topic.subscriptions)
    .flatMap(one => [one.destination, one.deadLetterDestination])
  const strings = named.flatMap(place => (place && 'connectionString' in place ? [place.connectionString] : []))
  const resolved = new Map(strings.map(text => [text, setting(text, environment)]))
  const wanted = [...resolved.values()].some(text => development.test(text))
  const storage = wanted ? await startStorage(data === undefined ? {} : { folder: join(data, 'storage') }) : undefined
  if (storage) report(`Storage of its own: ${storage.connectionString}`)
  return {
    get(text) {
      const connectionString = resolved.get(text) ?? text
      const own = storage !== undefined && development.test(connectionString)
      return { connectionString: own ? storage.connectionString : connectionString, own }
    },
    close: async () => storage?.stop(),
  }
}

function setting(text: string, environment: Record<string, string | undefined>): string {
  const name = /^%(.+)%$/.exec(text)?.[1]
  if (name === undefined) return text
  const value = environment[name]
  if (!value) throw new ConfigurationError(`The setting "${name}" is missing: it holds a connection string.`)
  return value
}
