import type { Binding } from '../core-api.ts'
import type { LoadedFunction } from '../invoke.ts'
import { StartError } from '../start-error.ts'
import { type Connection, findConnection } from './connection.ts'
import type { Container } from './container.ts'
import type { FeedStart } from './read-feed.ts'

/** A Cosmos DB trigger, checked and with its defaults. All times in milliseconds. */
export interface CosmosTrigger {
  connection: Connection
  monitored: Container
  leaseConnection: Connection
  leases: Container
  createLeases: boolean
  leasePrefix: string
  start: FeedStart
  maxItems: number
  pollDelay: number
  acquireInterval: number
  expirationInterval: number
  renewInterval: number
}

/** Throws a StartError that names the function and the option. */
export function cosmosTriggerOptions(target: LoadedFunction, trigger: Binding): CosmosTrigger {
  const { settings } = target.app
  const wrong = (what: string) => new StartError(`Function "${target.name}": ${what}`)
  const text = (option: string, initial?: string): string => {
    const value = trigger[option] ?? initial
    if (typeof value !== 'string' || value === '') throw wrong(`"${option}" is missing.`)
    return value
  }
  const whole = (option: string, initial: number, least: number): number => {
    const value = trigger[option] ?? initial
    if (typeof value !== 'number' || !Number.isInteger(value) || value < least) {
      throw wrong(`"${option}" must be a whole number from ${least}.`)
    }
    return value
  }
  if ((trigger.changeFeedMode ?? 'LatestVersion') !== 'LatestVersion') {
    throw wrong(`changeFeedMode "${trigger.changeFeedMode}" is not emulated by this host.`)
  }
  const connection = text('connection')
  const leaseConnection = text('leaseConnection', connection)
  const monitored = { database: text('databaseName'), name: text('containerName') }
  const leases = { database: text('leaseDatabaseName', monitored.database), name: text('leaseContainerName', 'leases') }
  const sameAccount = connection === leaseConnection
  if (sameAccount && monitored.database === leases.database && monitored.name === leases.name) {
    throw wrong('the monitored container and the lease container must not be the same.')
  }
  return {
    connection: findConnection(target.name, connection, settings),
    monitored,
    leaseConnection: findConnection(target.name, leaseConnection, settings),
    leases,
    createLeases: trigger.createLeaseContainerIfNotExists === true,
    leasePrefix: typeof trigger.leaseContainerPrefix === 'string' ? trigger.leaseContainerPrefix : '',
    start: feedStart(trigger, wrong),
    maxItems: whole('maxItemsPerInvocation', 100, 1),
    pollDelay: whole('feedPollDelay', 5_000, 0),
    acquireInterval: whole('leaseAcquireInterval', 13_000, 1),
    expirationInterval: whole('leaseExpirationInterval', 60_000, 1),
    renewInterval: whole('leaseRenewInterval', 17_000, 1),
  }
}

function feedStart(trigger: Binding, wrong: (what: string) => StartError): FeedStart {
  const time = trigger.startFromTime
  const fromTime = typeof time === 'string' && time !== ''
  if (trigger.startFromBeginning === true) {
    if (fromTime) throw wrong('"startFromBeginning" and "startFromTime" exclude each other.')
    return { from: 'beginning' }
  }
  if (!fromTime) return { from: 'now' }
  if (Number.isNaN(Date.parse(time))) throw wrong(`"startFromTime" is not a time: ${time}.`)
  return { from: 'time', time: new Date(time) }
}
