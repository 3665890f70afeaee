import { Refused } from './answers.ts'
import type { Api, Payee } from './api.ts'
import type { Machine } from './machine.ts'

/** What is known of an account: `unknown` when there is none, nothing until somebody has asked. */
export type Party = Payee | 'unknown' | undefined

/** After a failure a name is asked for again no sooner than this, in milliseconds. */
const AGAIN = 5_000
/** An account that was found is asked for again no sooner than this, in milliseconds: it may have been closed. */
const FRESH = 60_000

/** The names behind account ids, asked for now and then. */
export function partiesOf(api: Pick<Api, 'payee'>, machine: Pick<Machine, 'now'>) {
  const known = new Map<string, Party>()
  /** When each may be asked for again. */
  const due = new Map<string, number>()
  const listeners = new Set<() => void>()

  const ask = async (id: string) => {
    due.set(id, Number.POSITIVE_INFINITY)
    try {
      known.set(id, await api.payee(id))
      due.set(id, machine.now() + FRESH)
    } catch (error) {
      // An account may be opened later, so that nobody there is not for ever either.
      if (error instanceof Refused && error.status === 404) known.set(id, 'unknown')
      due.set(id, machine.now() + AGAIN)
    }
    for (const listener of listeners) listener()
  }

  return {
    of: (id: string): Party => known.get(id),
    want: (id: string) => {
      if (machine.now() > (due.get(id) ?? Number.NEGATIVE_INFINITY)) void ask(id)
    },
    listen: (listener: () => void) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}
export type Parties = ReturnType<typeof partiesOf>
