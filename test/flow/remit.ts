import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll } from 'vitest'
import { type RunningSystem, startSystem } from '../../start/system.ts'

export type Answered = { readonly status: number; readonly headers: Headers; readonly body: Record<string, unknown> }
type Options = { readonly key?: string | null; readonly headers?: Record<string, string> }

/** Somebody with a token. */
export type Person = {
  readonly sub: string
  readonly get: (path: string, headers?: Record<string, string>) => Promise<Answered>
  /** Sends with a key of its own and waits for the outcome, unless told otherwise. */
  readonly post: (path: string, body?: unknown, options?: Options) => Promise<Answered>
}

/** A system of its own for one file of tests: real processes, real SDKs, nothing kept. */
export function remit(settings: Record<string, string> = {}) {
  let system: RunningSystem | undefined
  const printed: string[] = []
  beforeAll(async () => {
    const onLine = (part: string, line: string) => printed.push(`[${part}] ${line}`)
    system = await startSystem({ port: 0, data: undefined, settings, onLine })
  }, 60_000)
  afterAll(async () => system?.stop())
  const running = () => {
    if (system === undefined) throw new Error('the system did not start')
    return system
  }

  const token = async (sub: string, ...roles: string[]): Promise<string> => {
    const request = { method: 'POST', body: JSON.stringify({ sub, roles }) }
    return ((await (await fetch(`${running().address}/local/token`, request)).json()) as Token).access_token
  }
  const person = async (sub: string, ...roles: string[]): Promise<Person> => {
    const ask = async (path: string, init: RequestInit) => answered(await fetch(`${running().address}${path}`, init))
    const authorization = `Bearer ${await token(sub, ...roles)}`
    return {
      sub,
      get: (path, headers = {}) => ask(path, { headers: { authorization, ...headers } }),
      post: (path, body, { key = randomUUID(), headers = {} } = {}) =>
        ask(path, {
          method: 'POST',
          headers: {
            authorization,
            prefer: 'wait=10',
            ...(body === undefined ? {} : { 'content-type': 'application/json' }),
            ...(key === null ? {} : { 'idempotency-key': key }),
            ...headers,
          },
          ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
        }),
    }
  }
  /** The usual people of these tests. Their tokens are made once. */
  let known: Promise<Record<keyof typeof people, Person>> | undefined
  const crowd = () => {
    known ??= Promise.all(
      Object.entries(people).map(async ([name, role]) => [name, await person(name, role)] as const),
    ).then(all => Object.fromEntries(all) as Record<keyof typeof people, Person>)
    return known
  }
  return { running, person, token, crowd, printed }
}

const people = {
  alice: 'user',
  bob: 'user',
  shop: 'user',
  till: 'payments',
  rita: 'reviewer',
  rob: 'reviewer',
  olga: 'operator',
  audrey: 'auditor',
}

type Token = { access_token: string }

async function answered(response: Response): Promise<Answered> {
  const text = await response.text()
  return { status: response.status, headers: response.headers, body: text === '' ? {} : JSON.parse(text) }
}

/** Opens an account and loads it. */
export async function opened(owner: Person, till: Person, { kind = 'personal', load = 0 } = {}): Promise<string> {
  const account = await owner.post('/v1/accounts', { kind, name: `${owner.sub}'s account` })
  const id = String(account.body.accountId)
  // Above 500.00 a load is free, so that sums in tests stay plain.
  if (load > 0) await till.post(`/v1/accounts/${id}/loads`, { amount: String(load), paymentReference: 'card 1' })
  return id
}

/** Asks again until the answer is as wanted. Fails by the time limit of the test. */
export async function eventually(ask: () => Promise<Answered>, wanted: (body: Answered['body']) => boolean) {
  for (;;) {
    const answer = await ask()
    if (answer.status === 200 && wanted(answer.body)) return answer
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}
