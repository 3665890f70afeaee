import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { Wish } from './decide.ts'

type Props = {
  readonly kind: Wish['kind']
  /** What the button says will be done, with the amount. */
  readonly action: string
  readonly sending: boolean
  readonly trouble: string | undefined
  readonly send: (text: string) => void
  readonly cancel: () => void
}

/** Characters of a note or a reason, as the API takes them. */
const LONGEST = 140

/** The last step before a decision: a note for accepting, a reason for declining. */
export function DecisionForm({ kind, action, sending, trouble, send, cancel }: Props) {
  const [text, setText] = useState('')
  const [missing, setMissing] = useState(false)
  const field = useRef<HTMLInputElement>(null)
  // Before the next key arrives: who goes on typing must not lose a letter, or press a key that means something else.
  useLayoutEffect(() => field.current?.focus(), [])
  const submit = (event: Event) => {
    event.preventDefault()
    if (sending) return
    const lacks = kind === 'decline' && text.trim() === ''
    setMissing(lacks)
    if (lacks) field.current?.focus()
    else send(text.trim())
  }
  const leave = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || sending) return
    event.preventDefault()
    cancel()
  }
  return (
    <form class="decision" onSubmit={submit} onKeyDown={leave} noValidate>
      <label for="words">{kind === 'accept' ? 'Note (optional)' : 'Reason'}</label>
      <input
        id="words"
        ref={field}
        value={text}
        maxLength={LONGEST}
        autoComplete="off"
        readOnly={sending}
        required={kind === 'decline'}
        aria-invalid={missing}
        aria-describedby="hint"
        onInput={event => setText(event.currentTarget.value)}
      />
      <p id="hint" class={missing ? 'hint bad' : 'hint muted'}>
        {missing ? 'Say why: the sender is shown the reason.' : hints[kind]}
      </p>
      {trouble !== undefined && (
        <p class="hint bad" role="alert">
          {trouble}
        </p>
      )}
      <div class="actions">
        <button type="submit" class={kind === 'accept' ? 'primary' : 'danger'} aria-disabled={sending}>
          {sending ? 'Sending…' : action}
        </button>
        <button type="button" class="quiet" onClick={cancel} disabled={sending}>
          Cancel
        </button>
      </div>
    </form>
  )
}

const hints = { accept: 'Kept with your decision.', decline: 'The sender is shown the reason.' } as const
