import { Command, InvalidArgumentError } from 'commander'
import type { LogEntry } from './core-api.ts'
import { type FunctionsHost, startFunctions } from './host.ts'
import { messageOf } from './start-error.ts'

const program = new Command('local-functions')
  .description('Runs Azure Functions apps (Node, programming model v4) behind one address.')
  .argument('<folders...>', 'app folders, each with package.json and host.json')
  .option('--port <number>', 'port to listen on; 0 lets the system choose', wholeNumber, 7071)
  .option('--host <address>', 'address to listen on', '127.0.0.1')
  .option('--master-key <key>', 'opens every function')
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

/** Ends with the process that started this one, with Ctrl-C and with SIGTERM. */
function stopWithParent(host: FunctionsHost): void {
  const stop = () => {
    host.stop().then(
      () => process.exit(0),
      () => process.exit(1),
    )
  }
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
  if (process.connected) process.once('disconnect', stop)
}

const options = program.opts<{ port: number; host: string; masterKey?: string }>()
try {
  const host = await startFunctions({
    apps: program.args.map(folder => ({ folder })),
    port: options.port,
    host: options.host,
    keys: options.masterKey === undefined ? {} : { master: options.masterKey },
    log: writeLine,
  })
  stopWithParent(host)
  process.stdout.write(`Functions are ready at ${host.endpoint}\n`)
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`)
  process.exit(1)
}
