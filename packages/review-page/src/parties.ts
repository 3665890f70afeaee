import { Refused } from './answers.ts'
import type { Api, Payee } from './api.ts'
import type { Machine } from './machine.ts'

/** What is known of an account: `unknown` when there is none, nothing until somebody has asked. */
export type Party = Payee | 'unknown' | undefined

/** After a failure a name is asked for again no sooner than this, in milliseconds. */
const AGAIN = 5_000

/** The names behind account ids, each asked for once. */
export function partiesOf(api: Pick<Api, 'payee'>, machine: Pick<Machine, 'now'>) {
  const known = new Map<string, Party>()
  const asked = new Map<string, number>()
  const listeners = new Set<() => void>()

  const ask = async (id: string) => {
    asked.set(id, Number.POSITIVE_INFINITY)
    try {
      known.set(id, await api.payee(id))
    } catch (error) {
      // An account may be opened later, so that nobody there is not for ever either.
      if (error instanceof Refused && error.status === 404) known.set(id, 'unknown')
      asked.set(id, machine.now())
    }
    for (const listener of listeners) listener()
  }

  return {
    of: (id: string): Party => known.get(id),
    want: (id: string) => {
      const last = asked.get(id)
      if (last === undefined || machine.now() - last > AGAIN) void ask(id)
    },
    listen: (listener: () => void) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}
export type Parties = ReturnType<typeof partiesOf>
