import { createRequire, registerHooks } from 'node:module'
import { Command, InvalidArgumentError } from 'commander'
import { connectionString, services } from './connection-string.ts'

const options = new Command('local-storage')
  .description('Azure Storage (blobs, queues, tables) on one machine: Azurite.')
  .option('--data <folder>', 'where everything is kept; without it a restart forgets')
  .option('--blob-port <number>', 'port of the blobs; 0 lets the system choose', wholeNumber, 0)
  .option('--queue-port <number>', 'port of the queues', wholeNumber, 0)
  .option('--table-port <number>', 'port of the tables', wholeNumber, 0)
  .parse()
  .opts<{ data?: string; blobPort: number; queuePort: number; tablePort: number }>()

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('must be a whole number.')
  return Number(text)
}

// A parent that is gone without a signal would leave this process behind.
process.once('disconnect', () => process.exit(0))
// Listening for that alone must not keep it alive once its servers are closed.
process.channel?.unref()

// Azurite's telemetry is switched off and not installed, but its code asks for the module.
const absent = 'none:applicationinsights'
registerHooks({
  resolve: (name, context, next) =>
    name === 'applicationinsights' ? { url: absent, format: 'commonjs', shortCircuit: true } : next(name, context),
  load: (url, context, next) =>
    url === absent ? { format: 'commonjs', source: '', shortCircuit: true } : next(url, context),
})

// Azurite says on the console where each of its services listens; this says it once, when all of them do.
const listening = /^Azurite (\w+) service is successfully listening at (\S+)$/
const addresses = new Map<string, string>()
const print = console.log
console.log = (...words) => {
  const found = listening.exec(String(words[0]))
  if (found?.[1] && found[2] && addresses.size < services.length) {
    addresses.set(found[1], found[2])
    if (addresses.size === services.length) print(`Storage is ready with ${connectionString(addresses)}`)
  }
}

const { data, blobPort, queuePort, tablePort } = options
const place = data === undefined ? ['--inMemoryPersistence'] : ['--location', data]
const ports = ['--blobPort', `${blobPort}`, '--queuePort', `${queuePort}`, '--tablePort', `${tablePort}`]
process.argv = [
  ...process.argv.slice(0, 2),
  ...place,
  ...ports,
  '--silent',
  '--disableTelemetry',
  '--skipApiVersionCheck',
]
const require = createRequire(import.meta.url)
require('azurite/dist/src/azurite.js')
