import { Command, InvalidArgumentError } from 'commander'
import { startCosmos } from './server.ts'

type CommandLine = { port: number; host: string; data?: string; memory?: boolean; ranges: number; key?: string }

const command = new Command('local-cosmos')
  .description('Azure Cosmos DB for NoSQL on one machine')
  .option('--port <number>', 'port to listen on, 0 = chosen by the system', wholeNumber, 8081)
  .option('--host <address>', 'address to listen on', '127.0.0.1')
  .option('--data <folder>', 'where to keep the data; without it everything is in memory')
  .option('--memory', 'keep everything in memory, whatever --data says')
  .option('--ranges <number>', 'fewest physical ranges of a new container', wholeNumber, 2)
  .option('--key <base64>', "master key; default is the well-known key of Microsoft's emulator")
  .parse()

const { memory, data, ...options } = command.opts<CommandLine>()
const running = await startCosmos({ ...options, ...(data !== undefined && !memory && { data }) })
console.log(`Cosmos is ready at ${running.endpoint} with key ${running.key}`)

let stopping = false
function stop(): void {
  if (stopping) return
  stopping = true
  running.close().then(() => process.exit(0))
}

process.once('SIGTERM', stop)
process.once('SIGINT', stop)
// A parent that spawned us with a channel and is gone will not send a signal any more.
if (process.channel) process.once('disconnect', stop)

function wholeNumber(text: string): number {
  const number = Number(text)
  if (!Number.isInteger(number) || number < 0) throw new InvalidArgumentError('It must be a whole number.')
  return number
}
