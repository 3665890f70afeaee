import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Clock, systemClock } from 'local-clock/clock'
import { checkConfiguration, type Faults, type TopicConfig } from './configuration.ts'
import { openDatabase } from './database.ts'
import { createDeadLetterStore } from './dead-letter-store.ts'
import { openDeadLetters } from './dead-letters.ts'
import { createPendingStore } from './pending-store.ts'
import { seededChance } from './randomness.ts'
import { answer, refuse } from './routes.ts'
import { openStorageAccounts, type StorageAccounts } from './storage-accounts.ts'
import { openTopic, type Topic } from './topic.ts'

/** What to serve, and how. */
export interface EventGridOptions {
  topics: TopicConfig[]
  /** 0, the default, lets the system choose. */
  port?: number
  host?: string
  /** Folder for what is not delivered yet; without it a restart forgets. */
  data?: string
  clock?: Clock
  /** For jitter and faults; default 1. */
  seed?: number
  faults?: Faults
  /** Where `%NAME%` in a connection string is looked up; default are the environment variables. */
  environment?: Record<string, string | undefined>
  log?: (message: string) => void
}

/** A server that takes events. */
export interface EventGrid {
  endpoint: string
  /** Resolves when nothing is under way and all that could be sent now is sent. For tests. */
  settled(): Promise<void>
  /** Stops; what is not delivered stays stored. */
  close(): Promise<void>
}

/** Starts topics on one port. Throws a ConfigurationError for topics that Event Grid would refuse. */
export async function startEventGrid(options: EventGridOptions): Promise<EventGrid> {
  const { topics: configs, faults = {} } = checkConfiguration({ topics: options.topics, faults: options.faults })
  const { environment = process.env, data, log: report = () => {} } = options
  const storage = await openStorageAccounts(configs, { environment, data, report })
  try {
    return await serve({ ...options, topics: configs, faults }, storage)
  } catch (error) {
    await storage.close()
    throw error
  }
}

async function serve(options: EventGridOptions, storage: StorageAccounts): Promise<EventGrid> {
  const { topics: configs, clock = systemClock, faults = {}, log: report = () => {} } = options
  const topics = new Map<string, Topic>()
  const server = createServer({ keepAliveTimeout: 120_000 }, (request, response) => {
    answer({ topics, clock, store, dead }, { request, response }).catch(error => refuse(response, error))
  })
  const database = openDatabase(options.data)
  const store = createPendingStore(database)
  const dead = createDeadLetterStore(database)
  const endpoint = await listen(server, options.port ?? 0, options.host ?? '127.0.0.1')
  const deadLetters = openDeadLetters({ topics: configs, store: dead, storage, clock, report })
  const chance = seededChance(options.seed ?? 1)
  const place = { endpoint, store, dead, deadLetters, storage, clock, chance, faults, report }
  for (const config of configs) topics.set(config.name.toLowerCase(), openTopic(config, place))
  for (const topic of topics.values()) topic.resume()
  deadLetters.look()
  const subscriptions = [...topics.values()].flatMap(topic => topic.subscriptions)
  let closing: Promise<void> | undefined

  async function close(): Promise<void> {
    for (const subscription of subscriptions) subscription.close()
    deadLetters.close()
    const closed = new Promise(resolve => server.close(resolve))
    server.closeAllConnections()
    await closed
    database.close()
    await storage.close()
  }

  return {
    endpoint,
    async settled() {
      while (!subscriptions.every(one => one.idle()) || !deadLetters.idle()) await sleep(1)
    },
    close() {
      closing ??= close()
      return closing
    },
  }
}

async function listen(server: Server, wanted: number, host: string): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(wanted, host, resolve)
  })
  const { address, port, family } = server.address() as AddressInfo
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`
}
