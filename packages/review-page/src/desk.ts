import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { Api } from './api.ts'
import type { ServerClock } from './clock.ts'
import type { Machine } from './machine.ts'
import type { Parties } from './parties.ts'
import type { Session } from './session.ts'

/** What every part of the page works with once somebody is signed in. */
export type Desk = {
  readonly api: Api
  readonly machine: Machine
  readonly clock: ServerClock
  readonly parties: Parties
  readonly me: Session
  /** Reads a text out to those who do not see the page. */
  readonly announce: (text: string) => void
}

export const DeskContext = createContext<Desk | undefined>(undefined)

export function useDesk(): Desk {
  const desk = useContext(DeskContext)
  if (desk === undefined) throw new Error('nobody is signed in')
  return desk
}
