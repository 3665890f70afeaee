import { checkEnd, isSettled } from './end.ts'
import { type FaultKind, Faults, kindOf, type Misfortune } from './faults.ts'
import { Ledger } from './ledger.ts'
import { Operator } from './operator.ts'
import type { PlantedBug } from './planted-bug.ts'
import { Random } from './random.ts'
import { Scheduler } from './scheduler.ts'
import { System } from './system.ts'
import type { Wire } from './wire.ts'
import { Workload } from './workload.ts'

/** What a history was, for comparing two runs of one seed. */
export type History = {
  readonly seed: number
  readonly steps: number
  readonly commands: number
  readonly faults: Partial<Record<FaultKind, number>>
  readonly trace: string
}

/** Fewer faults, or fewer actions, than the seed has: for shrinking. */
export type Choices = { readonly faults?: ReadonlySet<Misfortune>; readonly actions?: number }

/** Who else acts in a history. */
export type Bystander = {
  /** Something happens to them, perhaps. */
  readonly misfortune: () => void
  /** Everything is healed: they bring to an end what they do. */
  readonly finish: () => void
  readonly settled: () => boolean
  /** @throws Violation */
  readonly check: () => void
}

const MOST_STEPS = 200_000
/** Virtual time after healing within which everything must have come to its end; milliseconds. */
const HEALING_TIME = 300_000
/** How long restoring a backup takes; milliseconds. */
const RESTORE_TIME = 600_000
/** How far the clock of a process jumps; milliseconds. */
const JUMP = 90_000

/** A history in which something did not hold, and all that is needed to tell it again. */
export class Failure extends Error {
  override readonly name = 'Failure'
  readonly seed: number
  readonly actions: number
  readonly faults: readonly Misfortune[]

  constructor(cause: unknown, seed: number, actions: number, faults: readonly Misfortune[]) {
    super(`seed ${seed}: ${cause instanceof Error ? cause.message : cause}`, { cause })
    this.seed = seed
    this.actions = actions
    this.faults = faults
  }
}

/**
 * One history: clients, operators, processes and faults by the seed, then healing, until everything has come to its end.
 *
 * @throws Failure of whatever did not hold, with the seed.
 */
export async function runHistory(
  seed: number,
  bug: PlantedBug = {},
  choices: Choices = {},
  bystander?: (wire: Wire, system: System) => Bystander,
): Promise<History> {
  const random = new Random(seed)
  const scheduler = new Scheduler(random)
  const faults = new Faults(seed ^ 0x5eed, choices.faults)
  const ledger = new Ledger()
  const wire = { scheduler, random, faults }
  const system = new System(wire, ledger, { bug, rebuilds: bystander !== undefined })
  const workload = new Workload(wire, system)
  const operator = new Operator(wire, system)
  const other = bystander?.(wire, system)
  const actions = Math.min(random.between(5, 20), choices.actions ?? Number.POSITIVE_INFINITY)
  let failure: unknown
  const running = workload.run(actions).catch(error => {
    failure = error
    workload.done = true
  })
  const failed = () => system.violation ?? failure
  try {
    await scheduler.runUntil(
      () => workload.done || failed() !== undefined,
      MOST_STEPS,
      () => {
        misfortune(system, operator, wire)
        other?.misfortune()
      },
    )
    faults.heal()
    system.mend()
    other?.finish()
    void operator.lookAfterEverything()
    const latest = scheduler.now + HEALING_TIME
    const settled = () => isSettled(system, ledger) && other?.settled() !== false
    const over = () => scheduler.now >= latest || failed() !== undefined || settled()
    await scheduler.runUntil(over, MOST_STEPS)
    if (failed() !== undefined) throw failed()
    await running
    checkEnd(system, ledger, workload)
    other?.check()
  } catch (error) {
    throw new Failure(error, seed, actions, faults.happened)
  } finally {
    system.end()
  }
  const trace = [...ledger.outcomes].map(([id, { result }]) => `${id}=${result}`).join(' ')
  const counted: Partial<Record<FaultKind, number>> = {}
  for (const fault of faults.happened) counted[kindOf(fault)] = (counted[kindOf(fault)] ?? 0) + 1
  return { seed, steps: scheduler.steps, commands: ledger.outcomes.size, faults: counted, trace }
}

function misfortune(system: System, operator: Operator, { random, faults, scheduler }: Wire): void {
  if (faults.happens('crash')) system.crash(random.pick(system.instances))
  if (faults.happens('clockJump')) random.pick(system.instances).skew = random.between(-JUMP, JUMP)
  if (faults.happens('split')) system.split()
  if (faults.happens('meddling')) void operator.meddle()
  if (faults.happens('freeze')) system.freeze(random.pick(system.instances))
  if (faults.happens('restore')) {
    for (const instance of [...system.instances]) system.crash(instance)
    scheduler.now += RESTORE_TIME
    system.containers.commands.restore()
  }
}
