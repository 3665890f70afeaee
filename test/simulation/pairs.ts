import type { StoredItem } from '@remit/documents/documents'
import { isSettled } from './end.ts'
import type { FaultKind } from './faults.ts'
import type { Flow } from './flows.ts'
import { Ledger } from './ledger.ts'
import { Random } from './random.ts'
import { type Process, Scheduler } from './scheduler.ts'
import { System } from './system.ts'
import type { FaultSource, Wire } from './wire.ts'

/**
 * A fault that hits one I/O of a flow. `crashBefore` and `crashAfter` kill the process that does the I/O, before or
 * after it took effect.
 */
type PlannedKind =
  | Extract<
      FaultKind,
      | 'busy'
      | 'unknownBefore'
      | 'unknownAfter'
      | 'echo'
      | 'unreadable'
      | 'stale'
      | 'duplicate'
      | 'publishFails'
      | 'redelivery'
      | 'answerLost'
    >
  | 'crashBefore'
  | 'crashAfter'
export type Planned = `${PlannedKind} ${number}`

/** Chances at which a process can be killed as well: before its I/O took effect, and after. */
const crashes: Partial<Record<FaultKind, 'crashBefore' | 'crashAfter'>> = {
  busy: 'crashBefore',
  unknownAfter: 'crashAfter',
  unreadable: 'crashBefore',
}
const never: ReadonlySet<FaultKind> = new Set<FaultKind>([
  'crash',
  'steal',
  'split',
  'clockJump',
  'restore',
  'lateNews',
  'poison',
  'defect',
  'viewDefect',
  'upgrade',
  'meddling',
])

/** Exactly the faults that are planned; it counts the chances there were. */
class Plan implements FaultSource {
  /** Every chance there was, in order. */
  readonly chances: Planned[] = []
  armed = false
  /** Whose processes are killed. */
  victim: System | undefined
  readonly #planned: ReadonlySet<Planned>
  readonly #counts = new Map<PlannedKind, number>()

  constructor(planned: readonly Planned[]) {
    this.#planned = new Set(planned)
  }

  happens(kind: FaultKind, who?: Process, matters = true): boolean {
    if (!this.armed || !matters || never.has(kind)) return false
    const crash = who && crashes[kind]
    if (crash && this.#chance(crash)) {
      this.#kill(who)
      return kind !== 'unknownAfter'
    }
    return this.#chance(kind as PlannedKind)
  }

  #kill(process: Process): void {
    const instance = this.victim?.instances.find(one => one === process)
    if (instance) this.victim?.crash(instance)
  }

  #chance(kind: PlannedKind): boolean {
    const count = this.#counts.get(kind) ?? 0
    this.#counts.set(kind, count + 1)
    const chance: Planned = `${kind} ${count}`
    this.chances.push(chance)
    return this.#planned.has(chance)
  }
}

/** No chance at all: what waits longest goes first, and everything takes no longer than it must. */
class Orderly extends Random {
  override chance(): boolean {
    return false
  }

  override between(low: number): number {
    return low
  }

  override pick<Item>(items: readonly Item[]): Item {
    return super.pick(items.slice(0, 1))
  }
}

const MOST_STEPS = 20_000
/** Virtual time within which a flow must have come to its end, whatever went wrong; milliseconds. */
const MOST_TIME = 600_000

export type World = { readonly wire: Wire; readonly system: System; readonly ledger: Ledger }
type Before = Record<string, StoredItem[]>

/**
 * One flow with the faults planned, from where its accounts stand ready.
 *
 * @returns every chance for a fault there was, in order.
 * @throws Violation of whatever did not hold.
 */
export async function runFlow(flow: Flow, planned: readonly Planned[], before: Before): Promise<readonly Planned[]> {
  const random = new Orderly(1)
  const plan = new Plan(planned)
  const scheduler = new Scheduler(random)
  const wire: Wire = { scheduler, random, faults: plan }
  const ledger = new Ledger()
  const system = new System(wire, ledger, { processes: 1 })
  system.resume(before)
  plan.victim = system
  plan.armed = true
  let done = false
  let failure: unknown
  void flow.play({ wire, system, ledger }).then(
    () => {
      done = true
    },
    error => {
      failure = error
    },
  )
  const latest = scheduler.now + MOST_TIME
  const failed = () => system.violation ?? failure
  try {
    await scheduler.runUntil(
      () => failed() !== undefined || scheduler.now > latest || (done && isSettled(system, ledger)),
      MOST_STEPS,
    )
    if (failed() !== undefined) throw failed()
    if (!isSettled(system, ledger)) throw new Error('it never came to its end')
    flow.check({ wire, system, ledger })
  } catch (error) {
    throw new Error(`${flow.name}, ${planned.join(' and ')}: ${error instanceof Error ? error.message : error}`)
  } finally {
    system.end()
  }
  return plan.chances
}

/** What is stored once the accounts of a flow stand ready: played once, without faults. */
export async function readyFor(flow: Flow): Promise<Before> {
  const random = new Orderly(1)
  const scheduler = new Scheduler(random)
  const wire: Wire = { scheduler, random, faults: new Plan([]) }
  const ledger = new Ledger()
  const system = new System(wire, ledger, { processes: 1 })
  let done = false
  void flow.prepare({ wire, system, ledger }).then(() => {
    done = true
  })
  await scheduler.runUntil(() => done && isSettled(system, ledger), MOST_STEPS)
  system.end()
  return system.stored()
}
