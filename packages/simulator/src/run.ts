import { randomInt } from 'node:crypto'
import { audit, type Findings } from './auditor.ts'
import { createClient } from './client.ts'
import { createLedger, type Ledger } from './ledger.ts'
import type { Speed } from './measure.ts'
import type { Plan, PlanOptions } from './plan.ts'
import { play } from './play.ts'
import { type ScenarioName, scenarios } from './scenarios.ts'
import type { Reader } from './settle.ts'
import { createCallers } from './tokens.ts'
import { countsOf, type OutcomeCounts, verdictLines } from './verdict.ts'

export type RunOptions = Partial<PlanOptions> & {
  readonly scenario: ScenarioName
  readonly address: string
  /** Prefix of all subjects; by default made of scenario, seed and time. */
  readonly run?: string
  /** How long silence of the system is borne, and how long one waits for an end, in seconds. */
  readonly patience?: number
  readonly print?: (line: string) => void
  readonly progress?: (title: string, done: number, total: number) => void
}

export type Verdict = {
  /** The ledger is balanced: nothing at all differed. */
  readonly ok: boolean
  readonly scenario: ScenarioName
  readonly seed: number
  readonly run: string
  /** HTTP requests sent, repeats and dropped ones included. */
  readonly requests: number
  /** What was asked, and what came of it. */
  readonly counts: readonly OutcomeCounts[]
  /** Number of differences; the first of them in words. */
  readonly differences: number
  readonly firstDifferences: readonly string[]
  readonly firstDifference?: string
  /** Ids of the transfers most worth a closer look, the best first. */
  readonly transfers: readonly string[]
  readonly speed?: Speed
  readonly findings?: Findings
  /** How long it all took, in seconds. */
  readonly seconds: number
}

/** Requests in flight. */
const CONCURRENCY = 50
/** Seconds. */
const PATIENCE = 60

/**
 * Plays a scenario against a running system, reads everything back and compares it with its own ledger.
 *
 * @returns the verdict; a system that stays silent longer than the patience is a difference, too.
 */
export async function runScenario(options: RunOptions): Promise<Verdict> {
  const { scenario, address, print = () => undefined, progress = () => undefined } = options
  const seed = options.seed ?? randomInt(1, 1_000_000)
  const run = options.run ?? `${scenario}-${seed}-${Date.now().toString(36)}`
  const concurrency = options.concurrency ?? CONCURRENCY
  const plan = scenarios[scenario]({ ...options, expire: options.expire ?? false, concurrency, seed })
  const patience = (options.patience ?? PATIENCE) * 1000
  const client = createClient({ address, sockets: widest(plan, concurrency), patience })
  const callers = createCallers(client)
  const ledger = createLedger(plan.strangers)
  const auditor = { sub: `${run}.auditor`, roles: ['auditor'] }
  const reader: Reader = {
    callers,
    ledger,
    auditor,
    width: concurrency,
    patience,
    interruptions: () => client.counts.retried,
    progress,
  }
  print(`Scenario ${scenario}, seed ${seed}, run ${run}`)
  const start = performance.now()
  let [speed, findings]: [Speed?, Findings?] = []
  try {
    speed = await play({ name: run, callers, ledger }, plan, reader)
    findings = await audit(reader, plan)
  } catch (error) {
    ledger.differences.add(error instanceof Error ? error.message : String(error))
  } finally {
    client.close()
  }
  const verdict: Verdict = {
    ...{ scenario, seed, run, counts: countsOf(ledger), requests: client.counts.sent },
    ...judged(ledger, plan),
    ...(speed && { speed }),
    ...(findings && { findings }),
    seconds: (performance.now() - start) / 1000,
  }
  for (const line of verdictLines(verdict, { ...client.counts, ...ledger })) print(line)
  return verdict
}

function judged({ differences, entries }: Ledger, { highlights }: Plan) {
  const [firstDifference] = differences.first
  const transfers = highlights.flatMap(key => entries.get(key)?.id ?? [])
  return {
    ok: differences.count() === 0,
    differences: differences.count(),
    firstDifferences: differences.first,
    ...(firstDifference === undefined ? {} : { firstDifference }),
    transfers,
  }
}

/** Connections needed: one for each request that may be in flight, copies included. */
function widest(plan: Plan, concurrency: number): number {
  const phases = plan.steps.flatMap(step => ('wishes' in step ? [step] : []))
  const copies = Math.max(0, ...phases.flatMap(({ wishes }) => wishes.map(wish => wish.copies?.atOnce ?? 0)))
  return Math.max(concurrency, ...phases.map(phase => phase.concurrency)) * (1 + copies)
}
