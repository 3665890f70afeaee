import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { Configuration } from './configuration.ts'

type Props = {
  readonly identity: Configuration['identity']
  /** Why somebody who was signed in is here again, or what went wrong. */
  readonly notice: string | undefined
  readonly signInAs: (name: string) => Promise<void>
  readonly leave: () => Promise<void>
}

/** Says who one is: by name on one machine, with Microsoft Entra ID elsewhere. */
export function SignIn({ identity, notice, signInAs, leave }: Props) {
  const [trouble, setTrouble] = useState<string>()
  const [busy, setBusy] = useState(false)
  const attempt = async (act: () => Promise<void>) => {
    setBusy(true)
    setTrouble(undefined)
    await act().catch(() => setTrouble('That did not work. Is the server there?'))
    setBusy(false)
  }
  return (
    <main class="sign-in">
      <h1>Sign in to review</h1>
      {notice !== undefined && <p class="notice">{notice}</p>}
      {identity.kind === 'local' ? (
        <LocalForm busy={busy} send={name => void attempt(() => signInAs(name))} />
      ) : (
        <button type="button" class="primary" disabled={busy} onClick={() => void attempt(leave)}>
          Continue with Microsoft
        </button>
      )}
      {trouble !== undefined && (
        <p class="hint bad" role="alert">
          {trouble}
        </p>
      )}
    </main>
  )
}

function LocalForm({ busy, send }: { readonly busy: boolean; readonly send: (name: string) => void }) {
  const [name, setName] = useState('')
  const field = useRef<HTMLInputElement>(null)
  useLayoutEffect(() => field.current?.focus(), [])
  const submit = (event: Event) => {
    event.preventDefault()
    if (name.trim() !== '' && !busy) send(name.trim())
  }
  return (
    <form onSubmit={submit}>
      <label for="name">Your name</label>
      <input
        id="name"
        ref={field}
        value={name}
        maxLength={60}
        autoComplete="username"
        autoCapitalize="none"
        spellcheck={false}
        aria-describedby="local"
        onInput={event => setName(event.currentTarget.value)}
      />
      <p id="local" class="hint muted">
        This system runs on one machine: any name is a reviewer.
      </p>
      <button type="submit" class="primary" aria-disabled={busy || name.trim() === ''}>
        Sign in
      </button>
    </form>
  )
}
