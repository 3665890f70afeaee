import type { Address } from './address.ts'
import { CosmosError } from './errors.ts'
import type { CosmosAnswer, CosmosRequest } from './exchange.ts'

/**
 * A rule by which requests fail. The first rule of the list that fits and fires decides, once for each request.
 * It fails with 503 unless it names another status, or is only late.
 */
export type Fault = {
  /** An operation's name as in the route table, such as `items.create`; `bulk.create` and so on: inside bulk; `*`: any request. */
  operation: string
  /** Container id; absent = any. */
  container?: string
  /** HTTP method; absent = any. */
  method?: string
  /** The first request it hits, counted from 1 among those that fit. Default 1. */
  nth?: number
  /** Chance of each fitting request from 0 to 1, drawn from the seed: the same requests meet the same faults. */
  probability?: number
  /** Whole number, default 1. */
  seed?: number
  /** How often at most; then the rule is taken off the list. Default 1; without limit if there is a probability. */
  times?: number
  status?: number
  substatus?: number
  /** What the answer says about when to come again; only with 429 and 449. Default 20. */
  retryAfterMs?: number
  /** `after`: the request takes effect, only its answer is replaced, late or lost. Default `before`: it never arrived. */
  when?: 'before' | 'after'
  /** Milliseconds to wait on the injected clock. Alone it fails nothing. */
  latencyMs?: number
  /** The connection is cut; in process the call rejects with code ECONNRESET. */
  loseAnswer?: boolean
}

type State = { seen: number; left: number; random: () => number }
type Asked = { operation: string; request: CosmosRequest; address: Address }

const insideBulk = 'bulk.'

/** The rules in force. The list belongs to the caller, who may change it at any time. */
export class Faults {
  private readonly rules: Fault[]
  private readonly states = new WeakMap<Fault, State>()

  constructor(rules: Fault[]) {
    this.rules = rules
  }

  /** The rule that a request meets, if any. Every rule that fits counts it, up to the one that fires. */
  meet(asked: Asked): Fault | undefined {
    for (const rule of this.rules) if (fits(rule, asked) && this.fires(rule)) return rule
    return undefined
  }

  /** The error a single operation inside bulk meets; latency and lost answers are for whole requests. */
  meetInBulk(
    operationType: string,
    asked: Omit<Asked, 'operation'>,
  ): { error: CosmosError; isAfter: boolean } | undefined {
    if (this.rules.length === 0) return undefined
    const rule = this.meet({ ...asked, operation: `${insideBulk}${operationType.toLowerCase()}` })
    return rule && { error: errorOf(rule), isAfter: rule.when === 'after' }
  }

  private fires(rule: Fault): boolean {
    const state = this.stateOf(rule)
    state.seen++
    if (state.seen < (rule.nth ?? 1)) return false
    if (rule.probability !== undefined && state.random() >= rule.probability) return false
    if (--state.left > 0) return true
    this.rules.splice(this.rules.indexOf(rule), 1)
    this.states.delete(rule)
    return true
  }

  private stateOf(rule: Fault): State {
    let state = this.states.get(rule)
    if (state === undefined) {
      const limit = rule.probability === undefined ? 1 : Number.POSITIVE_INFINITY
      state = { seen: 0, left: rule.times ?? limit, random: randomFrom(rule.seed ?? 1) }
      this.states.set(rule, state)
    }
    return state
  }
}

function fits(rule: Fault, { operation, request, address }: Asked): boolean {
  const isNamed = rule.operation === '*' ? !operation.startsWith(insideBulk) : rule.operation === operation
  if (!isNamed || (rule.container !== undefined && rule.container !== address.names.colls)) return false
  return rule.method === undefined || rule.method.toUpperCase() === request.method
}

/** Runs a request under a rule. Throws the error the rule names, or LostAnswer, on which a door cuts the connection. */
export async function withFault(
  rule: Fault,
  sleep: (ms: number) => Promise<void>,
  run: () => Promise<CosmosAnswer>,
): Promise<CosmosAnswer> {
  const isLateOnly = rule.latencyMs !== undefined && rule.status === undefined && !rule.loseAnswer
  const outcome = rule.when === 'after' ? await run().catch((error: unknown) => ({ error })) : undefined
  if (rule.latencyMs !== undefined) await sleep(rule.latencyMs)
  if (rule.loseAnswer) throw new LostAnswer()
  if (!isLateOnly) throw errorOf(rule)
  if (outcome === undefined) return run()
  if ('error' in outcome) throw outcome.error
  return outcome
}

const defaultSubstatus: Record<number, number> = { 429: 3200 }
const defaultRetryAfterMs = 20

function errorOf(rule: Fault): CosmosError {
  const status = rule.status ?? 503
  const substatus = rule.substatus ?? defaultSubstatus[status]
  return new CosmosError(status, `Injected fault: ${status} for ${rule.operation}.`, {
    ...(substatus === undefined ? {} : { substatus }),
    ...(status === 429 || status === 449 ? { retryAfterMs: rule.retryAfterMs ?? defaultRetryAfterMs } : {}),
  })
}

/** Thrown to the door, which cuts the connection. */
export class LostAnswer extends Error {
  readonly code = 'ECONNRESET'

  constructor() {
    super('Injected fault: the answer was lost.')
  }
}

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
