import { useEffect, useReducer, useRef, useState } from 'preact/hooks'
import { useDesk } from './desk.ts'
import type { Party } from './parties.ts'
import { addressOf, type Place, placeIn } from './place.ts'
import { type Known, startPolling } from './polling.ts'

export type Live<Value> = Known<Value> & { readonly refresh: () => void }

/** Keeps something up to date. Another `subject` is another thing: what was known of the first is forgotten. */
export function useLive<Value>(subject: string, load: () => Promise<Value>): Live<Value> {
  const { machine } = useDesk()
  const [known, setKnown] = useState<Known<Value> & { subject?: string }>({})
  const newest = useRef(load)
  newest.current = load
  const refresh = useRef(() => {})
  useEffect(() => {
    const tell = (news: Known<Value>) => setKnown({ ...news, subject })
    const polling = startPolling({ load: () => newest.current(), tell, machine })
    refresh.current = polling.refresh
    return polling.stop
  }, [subject, machine])
  return { ...(known.subject === subject ? known : {}), refresh: () => refresh.current() }
}

/** The server's time, anew every second. */
export function useNow(): number {
  const { clock, machine } = useDesk()
  const [, tick] = useReducer((count: number) => count + 1, 0)
  useEffect(() => {
    let cancel = () => {}
    const next = () => {
      cancel = machine.later(1_000 - (machine.now() % 1_000), () => {
        tick(undefined)
        next()
      })
    }
    next()
    return () => cancel()
  }, [machine])
  return clock.now()
}

/** Who an account belongs to, as soon as it is known. */
export function useParty(id: string): Party {
  const { parties } = useDesk()
  const [, again] = useReducer((count: number) => count + 1, 0)
  useEffect(() => parties.listen(() => again(undefined)), [parties])
  useEffect(() => {
    parties.want(id)
  })
  return parties.of(id)
}

/** Where somebody is in the page, and a way to go elsewhere. */
export function usePlace(): [Place, (place: Place) => void] {
  const [place, setPlace] = useState(() => placeIn(location.hash))
  useEffect(() => {
    const moved = () => setPlace(placeIn(location.hash))
    window.addEventListener('hashchange', moved)
    return () => window.removeEventListener('hashchange', moved)
  }, [])
  return [place, to => location.assign(addressOf(to))]
}
