import { Command, InvalidArgumentError } from 'commander'
import type { LogEntry } from './core-api.ts'
import { startFunctions } from './host.ts'
import { messageOf } from './start-error.ts'

const program = new Command('local-functions')
  .description('Runs Azure Functions apps (Node, programming model v4) behind one address.')
  .argument('<folders...>', 'app folders, each with package.json and host.json')
  .option('--port <number>', 'port to listen on; 0 lets the system choose', wholeNumber, 7071)
  .option('--host <address>', 'address to listen on', '127.0.0.1')
  .option('--master-key <key>', 'opens every function')
  .option('--event-grid-key <key>', 'system key that Event Grid must send; without it anyone may deliver')
  .option('--storage <folder>', 'keeps the local storage account there; without it a restart forgets it')
  .parse()

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('must be a whole number.')
  return Number(text)
}

function writeLine({ at, level, message, functionName }: LogEntry): void {
  const line = `${new Date(at).toISOString()} ${level} ${functionName ? `[${functionName}] ` : ''}${message}\n`
  if (level === 'warning' || level === 'error' || level === 'critical') process.stderr.write(line)
  else if (level === 'information') process.stdout.write(line)
}

const options = program.opts<{
  port: number
  host: string
  masterKey?: string
  eventGridKey?: string
  storage?: string
}>()
const starting = startFunctions({
  apps: program.args.map(folder => ({ folder })),
  port: options.port,
  host: options.host,
  keys: {
    ...(options.masterKey === undefined ? {} : { master: options.masterKey }),
    ...(options.eventGridKey === undefined ? {} : { eventGrid: options.eventGridKey }),
  },
  ...(options.storage === undefined ? {} : { storageFolder: options.storage }),
  log: writeLine,
})

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
  const host = await starting
  process.stdout.write(`Functions are ready at ${host.endpoint}\n`)
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`)
  process.exit(1)
}
