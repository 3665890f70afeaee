import { Command, InvalidArgumentError } from 'commander'
import { readFaultFile } from './fault-file.ts'
import type { Fault } from './faults.ts'
import { startCosmos } from './server.ts'

type CommandLine = {
  port: number
  host: string
  data?: string
  memory?: boolean
  ranges: number
  key?: string
  enforceThroughput?: boolean
  faults?: Fault[]
}

const command = new Command('local-cosmos')
  .description('Azure Cosmos DB for NoSQL on one machine')
  .option('--port <number>', 'port to listen on, 0 = chosen by the system', wholeNumber, 8081)
  .option('--host <address>', 'address to listen on', '127.0.0.1')
  .option('--data <folder>', 'where to keep the data; without it everything is in memory')
  .option('--memory', 'keep everything in memory, whatever --data says')
  .option('--ranges <number>', 'fewest physical ranges of a new container', wholeNumber, 2)
  .option('--key <base64>', "master key; default is the well-known key of Microsoft's emulator")
  .option('--enforce-throughput', 'answer 429 when the throughput of a range is used up')
  .option('--faults <file>', 'JSON array of rules by which requests fail', faultFile)
  .parse()

const { memory, data, ...options } = command.opts<CommandLine>()
const running = await startCosmos({ ...options, ...(data !== undefined && !memory && { data }) }).catch(error => {
  // The port is taken, or the data cannot be opened: where in this program that shows is of no use to anybody.
  console.error(`Cosmos cannot start: ${error instanceof Error ? error.message : String(error)}`)
  process.exit(1)
})
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

function faultFile(file: string): Fault[] {
  try {
    return readFaultFile(file)
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error))
  }
}

function wholeNumber(text: string): number {
  const number = Number(text)
  if (!Number.isInteger(number) || number < 0) throw new InvalidArgumentError('It must be a whole number.')
  return number
}
