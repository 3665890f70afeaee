import { basename, join } from 'node:path'
import { Command, InvalidArgumentError, Option } from 'commander'
import { defaultDrainTime, startFunctions } from './host.ts'
import type { HostKeys } from './http/keys.ts'
import { startIsolated } from './isolate.ts'
import { type LogFormat, lineLog } from './logging/write-lines.ts'
import { messageOf } from './start-error.ts'

interface Options {
  port: number
  host: string
  masterKey?: string
  hostKey?: string
  eventGridKey?: string
  durableKey?: string
  drainTime: number
  idlePollDelay: number
  storage?: string
  forward: { path: string; address: string }[]
  logFormat: LogFormat
  isolate?: true
}

/** Milliseconds in which triggers write down that their invocations failed, before a broken process ends. */
const crashGrace = 1_000

const program = new Command('local-functions')
  .description('Runs Azure Functions apps (Node, programming model v4).')
  .argument('<folders...>', 'app folders, each with package.json and host.json')
  .option('--port <number>', 'port to listen on; 0 lets the system choose', wholeNumber, 7071)
  .option('--host <address>', 'address to listen on', '127.0.0.1')
  .addOption(
    new Option('--forward <path=address>', 'another process answers below this path; may be repeated')
      .argParser(collectForward)
      .default([], 'none'),
  )
  .option('--drain-time <milliseconds>', 'what running invocations get at the end', wholeNumber, defaultDrainTime)
  .option(
    '--idle-poll-delay <milliseconds>',
    'feeds are asked no more often than this while no function runs',
    wholeNumber,
    0,
  )
  .addOption(
    new Option(
      '--isolate',
      'a process and an address for each app, started again when it dies; ports follow --port',
    ).conflicts('forward'),
  )
  .option('--master-key <key>', 'opens every function')
  .option('--host-key <key>', 'opens every function of level "function"')
  .option('--event-grid-key <key>', 'system key that Event Grid must send; without it anyone may deliver')
  .option('--durable-key <key>', 'opens the management API of orchestrations; without it anyone may use it')
  .option(
    '--storage <folder>',
    'keeps the local storage account and orchestrations there; without it a restart forgets them',
  )
  .addOption(new Option('--log-format <format>', 'how log lines look').choices(['text', 'json']).default('text'))
  .parse()

function collectForward(text: string, others: Options['forward']): Options['forward'] {
  const [path = '', address = ''] = text.split('=', 2)
  return [...others, { path, address }]
}

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('must be a whole number.')
  return Number(text)
}

const options = program.opts<Options>()
const starting = options.isolate ? startProcesses() : startHere()

/** All apps in this process, behind one address. */
async function startHere() {
  const keys: HostKeys = {
    ...(options.hostKey === undefined ? {} : { host: [options.hostKey] }),
    ...(options.masterKey === undefined ? {} : { master: options.masterKey }),
    ...(options.eventGridKey === undefined ? {} : { eventGrid: options.eventGridKey }),
    ...(options.durableKey === undefined ? {} : { durable: options.durableKey }),
  }
  const { port, host: address } = options
  const log = lineLog(options.logFormat)
  const apps = program.args.map(folder => ({ folder }))
  const host = await startFunctions({
    apps,
    port,
    host: address,
    keys,
    drainTime: options.drainTime,
    idlePollDelay: options.idlePollDelay,
    forward: options.forward,
    ...(options.storage === undefined ? {} : { storageFolder: options.storage }),
    log,
  })
  process.on('uncaughtException', error => {
    const message = `Worker uncaught exception: ${error instanceof Error ? error.stack : error}`
    log({ at: Date.now(), level: 'critical', category: 'Worker', message })
    host.fail(error)
    setTimeout(() => process.exit(1), crashGrace)
  })
  return { stop: host.stop, ready: [`Functions are ready at ${host.endpoint}`] }
}

/** Each app in a process of its own. */
async function startProcesses() {
  const {
    host: address,
    masterKey,
    hostKey,
    eventGridKey,
    durableKey,
    logFormat,
    drainTime,
    idlePollDelay,
    storage,
  } = options
  const handedOn = {
    '--host': address,
    '--master-key': masterKey,
    '--host-key': hostKey,
    '--event-grid-key': eventGridKey,
    '--durable-key': durableKey,
    '--log-format': logFormat,
    '--drain-time': String(drainTime),
    '--idle-poll-delay': String(idlePollDelay),
  }
  const isolated = await startIsolated({
    folders: program.args,
    port: options.port,
    arguments: folder => [
      ...Object.entries(handedOn).flatMap(([name, value]) => (value === undefined ? [] : [name, value])),
      // Two processes cannot keep one account.
      ...(storage === undefined ? [] : ['--storage', join(storage, basename(folder))]),
    ],
    onLine: (folder, line) => process.stdout.write(`${basename(folder)}: ${line}\n`),
  })
  const ready = [...isolated.endpoints].map(([folder, endpoint]) => `${basename(folder)} is ready at ${endpoint}`)
  return { stop: isolated.stop, ready }
}

/** Also while it is still starting. */
async function stop(): Promise<void> {
  const host = await starting
  await host.stop()
  process.exit(0)
}

process.once('SIGINT', stop)
process.once('SIGTERM', stop)
// A parent that is gone without a signal would leave this process behind.
process.once('disconnect', stop)

try {
  const { ready } = await starting
  for (const line of ready) process.stdout.write(`${line}\n`)
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`)
  process.exit(1)
}
