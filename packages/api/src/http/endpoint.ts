import { StoreUnavailable } from '@remit/documents/documents'
import type { z } from 'zod'
import { type Answer, problemAnswer } from './answer.ts'
import { readBody } from './body.ts'
import type { Identity, Role, Verifier } from './identity.ts'
import { invalidParameter, Problem } from './problems.ts'
import type { Request } from './request.ts'

/** What a handler knows of a call once it has passed all checks. */
export type Call<Body> = {
  readonly request: Request
  readonly caller: Identity
  readonly body: Body
  readonly key: string | undefined
  readonly requestId: string
  readonly traceparent: string
}

export type Surroundings = {
  readonly verify: Verifier
  readonly randomId: () => string
  /** Told of errors nobody expected, with the id the client got. */
  readonly report: (requestId: string, error: unknown) => void
}

type Rules<Body> = {
  /** Any one of these roles is enough. */
  readonly roles: readonly Role[]
  readonly body?: z.ZodType<Body>
  /** A call without a body is fine, and stands for an empty one. */
  readonly bodyOptional?: boolean
  /** `required` for what moves money; `ignored` for reads. */
  readonly key: 'required' | 'optional' | 'ignored'
}

export type Handler = (request: Request) => Promise<Answer>

/**
 * One call of the API: proves the caller, checks in the promised order (token, role, media type, size, JSON, body,
 * key; ownership is the handler's), and turns whatever goes wrong into a problem that says nothing about internals.
 */
export function endpoint<Body = undefined, Given = Answer>(
  surroundings: Surroundings,
  rules: Rules<Body>,
  handle: (call: Call<Body>) => Promise<Given>,
): (request: Request) => Promise<Given | Answer> {
  return async request => {
    const requestId = surroundings.randomId()
    try {
      const caller = await surroundings.verify(request.headers.get('authorization'))
      if (!rules.roles.some(role => caller.roles.has(role))) throw new Problem('forbidden')
      const body = rules.body ? await readBody(request, rules.body, rules.bodyOptional ?? false) : (undefined as Body)
      const key = idempotencyKey(request, rules.key)
      const traceparent = traceOf(request) ?? newTrace(surroundings.randomId)
      return await handle({ request, caller, body, key, requestId, traceparent })
    } catch (error) {
      return problemAnswer(asProblem(error, requestId, surroundings), requestId)
    }
  }
}

function asProblem(error: unknown, requestId: string, { report }: Surroundings): Problem {
  if (error instanceof Problem) return error
  report(requestId, error)
  return new Problem(error instanceof StoreUnavailable ? 'unavailable' : 'internal')
}

function idempotencyKey(request: Request, rule: Rules<unknown>['key']): string | undefined {
  const key = rule === 'ignored' ? null : request.headers.get('idempotency-key')
  if (key === null) {
    if (rule === 'required') throw new Problem('idempotency-key-missing')
    return undefined
  }
  if (!/^[\x21-\x7e]{1,255}$/.test(key)) throw invalidParameter('Idempotency-Key', '1 to 255 visible ASCII characters')
  return key
}

/** W3C Trace Context, version 00. */
const TRACEPARENT = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/

function traceOf(request: Request): string | undefined {
  const sent = request.headers.get('traceparent')
  return sent !== null && TRACEPARENT.test(sent) ? sent : undefined
}

function newTrace(randomId: () => string): string {
  const hex = () => randomId().replaceAll('-', '')
  return `00-${hex()}-${hex().slice(8, 24)}-01`
}
