import { readFileSync } from 'node:fs'
import { Command, InvalidArgumentError } from 'commander'
import { ConfigurationError, type TopicConfig } from './configuration.ts'
import { startEventGrid } from './server.ts'

const { config, ...options } = new Command('local-event-grid')
  .description('Event Grid custom topics on one machine.')
  .requiredOption('--config <file>', 'JSON file: { "topics": [...] }')
  .option('--port <number>', 'port to listen on; 0 lets the system choose', wholeNumber, 7072)
  .option('--host <address>', 'address to listen on', '127.0.0.1')
  .option('--data <folder>', 'where undelivered events are kept; without it a restart forgets them')
  .option('--seed <number>', 'for jitter and faults', wholeNumber, 1)
  .parse()
  .opts<{ config: string; port: number; host: string; data?: string; seed: number }>()

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('must be a whole number.')
  return Number(text)
}

function readTopics(file: string): TopicConfig[] {
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as { topics: TopicConfig[] }).topics
  } catch (error) {
    throw new ConfigurationError(`${file} cannot be read: ${error instanceof Error ? error.message : error}`)
  }
}

try {
  const log = (message: string) => process.stderr.write(`${message}\n`)
  const server = await startEventGrid({ ...options, topics: readTopics(config), log })
  const stop = () => void server.close().then(() => process.exit(0))
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
  // A parent that is gone without a signal would leave this process behind.
  process.once('disconnect', stop)
  process.stdout.write(`Event Grid is ready at ${server.endpoint}\n`)
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
  process.exit(1)
}
