import { readFileSync } from 'node:fs'
import { Command, InvalidArgumentError } from 'commander'
import { type Configuration, ConfigurationError, checkConfiguration, type Faults } from './configuration.ts'
import { startEventGrid } from './server.ts'

interface Options extends Faults {
  config: string
  port: number
  host: string
  data?: string
  seed: number
}

const { config, duplicates, failures, shuffle, ...options } = new Command('local-event-grid')
  .description('Event Grid custom topics on one machine.')
  .requiredOption('--config <file>', 'JSON file: { "topics": [...], "faults": {...} }')
  .option('--port <number>', 'port to listen on; 0 lets the system choose', wholeNumber, 7072)
  .option('--host <address>', 'address to listen on', '127.0.0.1')
  .option('--data <folder>', 'where undelivered events are kept; without it a restart forgets them')
  .option('--seed <number>', 'for jitter and faults', wholeNumber, 1)
  .option('--duplicates <probability>', 'of delivering once more what was delivered', probability)
  .option('--failures <probability>', 'of an attempt failing as if the endpoint were busy', probability)
  .option('--shuffle', 'send what is ready in any order')
  .parse()
  .opts<Options>()

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('must be a whole number.')
  return Number(text)
}

function probability(text: string): number {
  if (!/^(0|1|0?\.\d+)$/.test(text)) throw new InvalidArgumentError('must be 0 to 1.')
  return Number(text)
}

function readConfiguration(file: string): Configuration {
  let value: unknown
  try {
    value = JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new ConfigurationError(`${file} cannot be read: ${error instanceof Error ? error.message : error}`)
  }
  return checkConfiguration(value)
}

/** What the command line says goes before what the file says. */
function chosenFaults(file: Faults = {}): Faults {
  const chosen = { duplicates, failures, shuffle }
  return { ...file, ...Object.fromEntries(Object.entries(chosen).filter(([, value]) => value !== undefined)) }
}

try {
  const log = (message: string) => process.stderr.write(`${message}\n`)
  const { topics, faults: ofFile } = readConfiguration(config)
  const faults = chosenFaults(ofFile)
  const server = await startEventGrid({ ...options, topics, faults, log })
  const stop = () => void server.close().then(() => process.exit(0))
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
  // A parent that is gone without a signal would leave this process behind.
  process.once('disconnect', stop)
  if (Object.keys(faults).length > 0) {
    process.stdout.write(`Faults on purpose, seed ${options.seed}: ${JSON.stringify(faults)}\n`)
  }
  process.stdout.write(`Event Grid is ready at ${server.endpoint}\n`)
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
  process.exit(1)
}
