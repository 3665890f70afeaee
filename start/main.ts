import { access, mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { Command, InvalidArgumentError } from 'commander'
import { type RunningSystem, startSystem } from './system.ts'

type CommandLine = { port: number; data: string; memory?: boolean; bare?: boolean }

const { port, data, memory, bare } = new Command('remit')
  .description('The whole system on this machine, over local services that speak the protocols of Azure.')
  .option('--port <number>', 'port of the API; 0 lets the system choose', wholeNumber, 7071)
  .option('--data <folder>', 'where everything is kept', '.remit')
  .option('--memory', 'keep nothing')
  .option('--bare', 'play no scenario')
  .parse()
  .opts<CommandLine>()

function wholeNumber(text: string): number {
  if (!/^\d{1,5}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.')
  return Number(text)
}

const folder = memory ? undefined : resolve(data)
const isNew = folder === undefined || !(await exists(join(folder, 'cosmos')))
if (folder) await mkdir(folder, { recursive: true })

let stopping = false
let system: RunningSystem | undefined

async function stop(code: number): Promise<void> {
  if (stopping) return
  stopping = true
  await system?.stop()
  process.exit(code)
}

process.on('SIGINT', () => void stop(0))
process.on('SIGTERM', () => void stop(0))
if (process.connected) process.on('disconnect', () => void stop(0))

try {
  system = await startSystem({ port, data: folder, onLine: (part, line) => console.error(`[${part}] ${line}`) })
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
}
void system.ended.then(part => {
  if (!stopping) console.error(`${part} ended unexpectedly; stopping.`)
  return stop(1)
})

console.log(`Remit is ready at ${system.address}`)
console.log(`  the API              ${system.address}/openapi.json`)
console.log(`  reviewers work at    ${system.address}/review/`)
console.log(`  tokens               POST ${system.address}/local/token { "sub": "alice", "roles": ["user"] }`)
console.log(`  Cosmos DB            ${system.cosmos}`)
console.log(`  Event Grid           ${system.eventGrid}/topics/remit/deliveries`)
console.log(`  mail                 ${system.mailbox}`)
console.log(`  data                 ${folder ?? 'in memory, gone at the end'}`)
if (isNew && !bare) {
  const { playFamily } = await import('./play-family.ts')
  await playFamily(system, line => console.log(line))
}
console.log('Ctrl-C stops it.')

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
