import { randomInt } from 'node:crypto'
import { type Address, parseAddress } from './address.ts'
import { checkAuthorization } from './authorization.ts'
import { CosmosError, gone, notFound } from './errors.ts'
import { type CosmosAnswer, type CosmosRequest, complete, errorAnswer } from './exchange.ts'
import { type Fault, Faults, LostAnswer, withFault } from './faults.ts'
import { chooseOperation } from './routes.ts'
import { Catalog, type DatabaseRecord } from './store/catalog.ts'
import type { Container } from './store/container.ts'
import { splitRange } from './store/split.ts'
import { isStorageError, Storage } from './store/storage.ts'
import { Transaction } from './store/transaction.ts'
import { ProvisionedThroughput } from './throughput.ts'

export type EngineOptions = {
  /** Folder for the data; absent = memory only. */
  data?: string
  /** Fewest physical ranges of a new container. Default 1. */
  ranges?: number
  /** Master key, base64. Default: the well-known key of Microsoft's emulator. */
  key?: string
  /** Milliseconds since 1970; decides `_ts`, time to live and throughput. Default `Date.now`. */
  now?: () => number
  /** Waits for milliseconds, where a fault is late. Default: a timer. */
  sleep?: (ms: number) => Promise<void>
  /** Faults to inject; the list is read at each request and may be changed at any time. */
  faults?: Fault[]
  /** Answer 429 when the throughput of a range is used up. Default false: throughput is only shown. */
  enforceThroughput?: boolean
}

export type Database = { record: DatabaseRecord; containers: Map<string, Container> }

/** What an operation works with. */
export type Context = { engine: Engine; request: CosmosRequest; address: Address }

export const wellKnownKey = 'C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/Jw=='

const sweepEveryMs = 1_000
/** Expired items that a sweep frees of each container. */
const sweptAtOnce = 2_000

/** The account: databases, containers and items, and the one entrance `handle` that both doors lead to. */
export class Engine {
  readonly now: () => number
  readonly minimumRanges: number
  readonly faults: Faults
  /** Undefined = not enforced. */
  readonly throughput: ProvisionedThroughput | undefined
  readonly databases = new Map<string, Database>()
  /**
   * Counts databases and containers, whose numbers become part of `_rid`s and are never used again: not even by a server that
   * starts anew, whose clients would take what they know of one container for another.
   */
  private lastNumber = randomInt(2 ** 20)
  private readonly keyBytes: Buffer
  private readonly sleep: (ms: number) => Promise<void>
  private readonly sweeper: NodeJS.Timeout
  private readonly storage: Storage
  catalog: Catalog

  constructor(options: EngineOptions = {}) {
    this.now = options.now ?? Date.now
    this.minimumRanges = options.ranges ?? 1
    this.keyBytes = Buffer.from(options.key ?? wellKnownKey, 'base64')
    this.faults = new Faults(options.faults ?? [])
    this.sleep = options.sleep ?? (ms => new Promise(resolve => setTimeout(resolve, ms)))
    this.throughput = options.enforceThroughput ? new ProvisionedThroughput(this.now) : undefined
    // When changes could not be kept (a full disk), memory is ahead of the file: all is read again.
    this.storage = new Storage(options.data, () => {
      this.catalog = this.load()
    })
    this.catalog = this.load()
    this.sweeper = setInterval(() => this.sweep(), sweepEveryMs).unref()
  }

  /** Answers one request. Rejects only with LostAnswer, on which a door cuts the connection. */
  async handle(request: CosmosRequest): Promise<CosmosAnswer> {
    try {
      const address = parseAddress(request.path)
      checkAuthorization(request, address, this.keyBytes)
      const operation = chooseOperation(request, address)
      const run = () => this.settle(() => operation.run({ engine: this, request, address }))
      const fault = this.faults.meet({ operation: operation.name, request, address })
      return complete(await (fault === undefined ? run() : withFault(fault, this.sleep, run)))
    } catch (error) {
      if (error instanceof LostAnswer) throw error
      return complete(errorAnswer(error))
    }
  }

  nextNumber(): number {
    return ++this.lastNumber
  }

  /** By id, or by `_rid`. Throws 404. */
  database(name: string | undefined): Database {
    const found = this.databases.get(name ?? '') ?? [...this.databases.values()].find(each => each.record.rid === name)
    if (found === undefined) throw notFound()
    return found
  }

  /** By ids, or by `_rid`s. Throws 404 with substatus 1003 (the owner is missing) so that it differs from a missing item. */
  container(address: Address): Container {
    const database = this.databases.get(address.names.dbs ?? '') ?? this.database(address.names.dbs)
    const name = address.names.colls
    const found =
      database.containers.get(name ?? '') ?? [...database.containers.values()].find(each => each.record.rid === name)
    if (found === undefined)
      throw new CosmosError(404, 'Message: {"Errors":["Owner resource does not exist"]}', { substatus: 1003 })
    return found
  }

  /**
   * Splits a range of a container as the service does when it grows; the first one unless said otherwise.
   *
   * @returns the ids of the new ranges; none when all items of the range have one partition key value. Throws 404 and 410.
   */
  split(database: string, container: string, rangeId?: string): string[] {
    const found = this.container(parseAddress(`/dbs/${database}/colls/${container}`))
    const range = rangeId === undefined ? found.ranges[0] : found.ranges.find(({ id }) => id === rangeId)
    if (range === undefined) throw gone()
    return splitRange(found, range)?.map(({ id }) => id) ?? []
  }

  close(): void {
    clearInterval(this.sweeper)
    this.storage.close()
  }

  /** Runs an operation and waits until what it wrote, and what it may have read from others of this turn, is durable. */
  private async settle(run: () => CosmosAnswer): Promise<CosmosAnswer> {
    const { storage } = this
    try {
      const result = attempt(run)
      if ('error' in result && isStorageError(result.error)) storage.abandon(result.error)
      await storage.settled()
      if ('error' in result) throw result.error
      return result.answer
    } catch (error) {
      if (!isStorageError(error)) throw error
      throw new CosmosError(503, `The write could not be stored: ${String(error)}`)
    }
  }

  private load(): Catalog {
    this.databases.clear()
    const catalog = new Catalog(this.storage)
    for (const record of catalog.databases()) this.addDatabase(record)
    for (const container of catalog.containers()) this.addContainer(container)
    return catalog
  }

  addDatabase(record: DatabaseRecord): void {
    this.databases.set(record.id, { record, containers: new Map() })
    this.lastNumber = Math.max(this.lastNumber, record.number)
  }

  addContainer(container: Container): void {
    this.databases.get(container.record.databaseId)?.containers.set(container.id, container)
    this.lastNumber = Math.max(this.lastNumber, container.record.number)
  }

  /** Frees some of what has expired, as happens every second; readers do not depend on it. */
  sweep(): void {
    try {
      this.removeExpired()
    } catch (error) {
      if (!isStorageError(error)) throw error
      this.storage.abandon(error)
    }
  }

  private removeExpired(): void {
    const now = this.now()
    for (const { containers } of this.databases.values()) {
      for (const container of containers.values()) {
        if (container.defaultTtl === undefined) continue
        const expired = container.items.expired(container.defaultTtl, Math.floor(now / 1000), sweptAtOnce)
        for (const [range, entries] of Map.groupBy(expired, entry => container.rangeOf(entry))) {
          const transaction = new Transaction(container, range, now)
          for (const entry of entries) transaction.remove(entry)
          transaction.commit()
        }
      }
    }
  }
}

function attempt(run: () => CosmosAnswer): { answer: CosmosAnswer } | { error: unknown } {
  try {
    return { answer: run() }
  } catch (error) {
    return { error }
  }
}
