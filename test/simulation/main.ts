import { Command } from 'commander'
import { type FaultKind, faultKinds } from './faults.ts'
import { Failure, runHistory } from './history.ts'
import { plantedBugs } from './planted-bugs.ts'
import { shrink } from './shrink.ts'

type Options = { histories: string; seed: string; bug?: string; trace?: boolean; goOn?: boolean }

const { histories, seed, bug, trace, goOn } = new Command('simulate-faults')
  .description('Tells seeded histories of the whole system with faults, and checks every promise after every write.')
  .option('--histories <number>', 'how many', '2000')
  .option('--seed <number>', 'the first seed', '1')
  .option('--bug <name>', 'with this planted bug')
  .option('--trace', 'print the outcomes of each history')
  .option('--go-on', 'do not stop at the first history that fails')
  .parse()
  .opts<Options>()

const planted = bug === undefined ? {} : plantedBugs[bug]
if (planted === undefined)
  throw new Error(`There is no planted bug of this name. There are: ${Object.keys(plantedBugs)}`)

const first = Number(seed)
const last = first + Number(histories) - 1
const began = performance.now()
const happened = new Map<FaultKind, number>(faultKinds.map(kind => [kind, 0]))
let commands = 0
let steps = 0
let failures = 0
for (let one = first; one <= last; one++) {
  try {
    const history = await runHistory(one, planted)
    commands += history.commands
    steps += history.steps
    for (const kind of faultKinds) happened.set(kind, (happened.get(kind) ?? 0) + (history.faults[kind] ?? 0))
    if (trace) console.log(JSON.stringify(history))
    else if (process.stderr.isTTY && one % 10 === 0) process.stderr.write(`\r${one - first + 1} of ${histories}`)
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    console.error(`\n${error.message}`)
    failures += 1
    if (goOn) continue
    console.error('Leaving out what it does not take …')
    const { says, actions, faults, tries } = await shrink(error, planted)
    console.error(`After ${tries} tries: ${says}`)
    console.error(`It takes ${actions} actions and ${faults.length} faults:`)
    for (const fault of faults) console.error(`  ${fault}`)
    process.exit(1)
  }
}
if (!trace) {
  const seconds = (performance.now() - began) / 1000
  console.log(
    `${histories} histories, seeds ${first} to ${last}, in ${seconds.toFixed(1)} s: ${failures || 'none'} failed.`,
  )
  console.log(`${commands} commands, ${steps} steps. Faults:`)
  for (const [kind, count] of happened) console.log(`  ${kind.padEnd(14)} ${count}`)
}
process.exitCode = failures > 0 ? 1 : 0
