import { useEffect, useMemo, useReducer, useState } from 'preact/hooks'
import type { Api } from './api.ts'
import type { ServerClock } from './clock.ts'
import type { Configuration } from './configuration.ts'
import { type Desk, DeskContext } from './desk.ts'
import { Help } from './help.tsx'
import { usePlace } from './live.ts'
import type { Machine } from './machine.ts'
import { partiesOf } from './parties.ts'
import { Reviews } from './reviews.tsx'
import type { Session, Sessions } from './session.ts'
import { SignIn } from './sign-in.tsx'

type Props = {
  readonly configuration: Configuration
  readonly sessions: Sessions
  readonly api: Api
  readonly clock: ServerClock
  readonly machine: Machine
  readonly notice: string | undefined
  readonly signInAs: (name: string) => Promise<void>
  readonly leave: () => Promise<void>
}

/** The page: somebody signs in, or somebody works. */
export function App({ configuration, sessions, notice, signInAs, leave, ...rest }: Props) {
  const [, again] = useReducer((count: number) => count + 1, 0)
  const [reason, setReason] = useState(notice)
  useEffect(() => sessions.listen(() => again(undefined)), [sessions])
  const me = sessions.current()
  const signedOut = () => {
    sessions.end()
    setReason(undefined)
  }
  useEffect(() => {
    if (me !== undefined) setReason('Your sign-in has ended. Sign in again to go on where you were.')
  }, [me?.token])
  if (me === undefined) return <SignIn identity={configuration.identity} notice={reason} {...{ signInAs, leave }} />
  return <Work {...rest} key={me.token} me={me} signOut={signedOut} />
}

type WorkProps = Pick<Props, 'api' | 'clock' | 'machine'> & { readonly me: Session; readonly signOut: () => void }

function Work({ api, clock, machine, me, signOut }: WorkProps) {
  const [place, go] = usePlace()
  const [helping, setHelping] = useState(false)
  const [said, announce] = useState('')
  const desk: Desk = useMemo(
    () => ({ api, clock, machine, me, announce, parties: partiesOf(api, machine) }),
    [api, clock, machine, me.token],
  )
  return (
    <DeskContext.Provider value={desk}>
      <header class="top">
        <h1>
          Remit <span class="muted">Reviews</span>
        </h1>
        <span class="me" title={me.sub}>
          {me.name}
        </span>
        <button type="button" class="quiet keys" onClick={() => setHelping(true)} aria-label="Keys">
          ?
        </button>
        <button type="button" class="quiet" onClick={signOut}>
          Sign out
        </button>
      </header>
      <Reviews place={place} go={go} help={() => setHelping(true)} />
      {helping && <Help close={() => setHelping(false)} />}
      <p class="unseen" role="status" aria-live="polite">
        {said}
      </p>
    </DeskContext.Provider>
  )
}
