import type { Answer } from '@remit/api/http/answer'
import type { Calls } from './apps.ts'
import { Violation } from './ledger.ts'
import { asRequest } from './request.ts'
import type { Process } from './scheduler.ts'
import type { System } from './system.ts'
import type { Wire } from './wire.ts'

export type Body = Record<string, unknown>
export type Asked = {
  readonly call: keyof Calls
  readonly who: string
  readonly body: Body
  readonly id?: string
  readonly key?: string
}

const TIMEOUT = 3_000
const TRIES = 40

/** Somebody who sends requests, again and again under the same key until there is an answer. */
export class Client {
  readonly system: System
  readonly process: Process = { name: 'client', dead: false }
  readonly #wire: Wire

  constructor(wire: Wire, system: System) {
    this.#wire = wire
    this.system = system
  }

  /** Opens an account and says its id. */
  async open(owner: string, kind: string): Promise<string> {
    const { body } = await this.ask({ call: 'open', who: `${owner} user`, body: { kind, name: owner } })
    return String(body.accountId)
  }

  /** Sends a request until some process answers it with more than "try again". */
  async ask(asked: Asked): Promise<{ status: number; body: Body }> {
    const { scheduler, random, faults } = this.#wire
    for (let attempt = 1; attempt <= TRIES; attempt++) {
      await scheduler.park(this.process, random.between(0, 50))
      const instance = random.pick(this.system.instances.filter(({ name }) => name === 'commands'))
      const handler = instance.calls?.[asked.call]
      const timeout = scheduler.park(this.process, TIMEOUT).then(() => undefined)
      const answer = await Promise.race([handler?.(asRequest(asked)), timeout])
      if (answer === undefined || faults.happens('answerLost')) continue
      // A process that reads an older replica may not know yet what another has just stored.
      if (answer.status >= 500 || answer.status === 429 || answer.status === 404) continue
      return { status: answer.status, body: checked(asked, answer) }
    }
    throw new Violation(`${asked.call} was never answered`)
  }
}

function checked(asked: Asked, answer: Answer): Body {
  const fine = [202, 422, ...(asked.call === 'approve' ? [409] : [])]
  if (!fine.includes(answer.status)) throw new Violation(`${asked.call} was answered ${answer.status} ${answer.body}`)
  return JSON.parse(answer.body ?? '{}')
}
