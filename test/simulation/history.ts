import { checkEnd } from './end.ts'
import { type Faults, noFaults, someFaults } from './faults.ts'
import { Ledger, Violation } from './ledger.ts'
import type { PlantedBug } from './planted-bugs.ts'
import { Random } from './random.ts'
import { Scheduler } from './scheduler.ts'
import { System } from './system.ts'
import { Workload } from './workload.ts'

/** What a history was, for comparing two runs of one seed. */
export type History = {
  readonly seed: number
  readonly steps: number
  readonly commands: number
  readonly trace: string
}

const MOST_STEPS = 200_000
const HEALING_STEPS = 200_000
/** Virtual time after healing within which everything must have come to its end. */
const HEALING_TIME = 150_000

/**
 * One history: clients, processes and faults by the seed, then healing, then the accounts are settled.
 *
 * @throws Violation of whatever did not hold, with the seed.
 */
export async function runHistory(seed: number, bug: PlantedBug = {}): Promise<History> {
  const random = new Random(seed)
  const scheduler = new Scheduler(random)
  const faults: Faults = someFaults(random)
  const ledger = new Ledger()
  const wire = { scheduler, random, faults }
  const system = new System(wire, ledger, bug)
  const workload = new Workload(wire, system)
  let failure: unknown
  const running = workload.run(random.between(5, 20)).catch(error => {
    failure = error
    workload.done = true
  })
  const failed = () => system.violation ?? failure
  try {
    await scheduler.runUntil(
      () => workload.done || failed() !== undefined,
      MOST_STEPS,
      () => misfortune(system, wire),
    )
    Object.assign(faults, noFaults)
    for (const instance of system.instances) instance.skew = 0
    const healed = scheduler.now + HEALING_TIME
    await scheduler.runUntil(() => scheduler.now >= healed || failed() !== undefined, HEALING_STEPS)
    if (failed() !== undefined) throw failed()
    await running
    checkEnd(system, ledger, workload)
  } catch (error) {
    throw new Violation(`seed ${seed}: ${error instanceof Error ? error.message : error}`, { cause: error })
  }
  const trace = [...ledger.outcomes].map(([id, { result }]) => `${id}=${result}`).join(' ')
  return { seed, steps: scheduler.steps, commands: ledger.outcomes.size, trace }
}

type Misfortune = { readonly random: Random; readonly faults: Faults }

const JUMP = 90_000

function misfortune(system: System, { random, faults }: Misfortune): void {
  if (random.chance(faults.crash)) system.crash(random.pick(system.instances))
  if (random.chance(faults.clockJump)) random.pick(system.instances).skew = random.between(-JUMP, JUMP)
}
