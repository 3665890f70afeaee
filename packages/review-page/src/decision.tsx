import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { troubleOf } from './answers.ts'
import type { Transfer } from './api.ts'
import { decide, type Wish } from './decide.ts'
import { DecisionForm } from './decision-form.tsx'
import { useDesk } from './desk.ts'
import { useKeys } from './keyboard.ts'
import { formatMoney } from './money.ts'
import { type Outcome, outcomeOf } from './outcome.ts'

type Props = {
  readonly transfer: Transfer
  readonly decided: (outcome: Outcome, transfer: Transfer) => void
}

/** The two ways a reviewer can decide. */
export function Decision({ transfer, decided }: Props) {
  const [kind, setKind] = useState<Wish['kind']>()
  const { send, sending, trouble, forget } = useSending(transfer, decided)
  const acceptButton = useRef<HTMLButtonElement>(null)
  const before = useRef(kind)
  useLayoutEffect(() => {
    if (kind === undefined && before.current !== undefined) acceptButton.current?.focus()
    before.current = kind
  }, [kind])
  const choose = (chosen: Wish['kind']) => (kind === undefined ? () => setKind(chosen) : undefined)
  const { me } = useDesk()
  const already = transfer.decidedBy?.includes(me.sub) ?? false
  useKeys({ a: already ? undefined : choose('accept'), d: choose('decline') })
  const amount = formatMoney(transfer.amount, transfer.currency)
  if (kind !== undefined) {
    const cancel = () => {
      forget()
      setKind(undefined)
    }
    const action = `${kind === 'accept' ? 'Accept' : 'Decline'} ${amount}`
    return (
      <DecisionForm {...{ kind, action, sending, trouble, cancel }} key={kind} send={text => void send(kind, text)} />
    )
  }
  return (
    <div class="decision actions">
      {already ? (
        <p class="muted already">You have accepted. Another reviewer must, too.</p>
      ) : (
        <button type="button" class="primary" ref={acceptButton} onClick={choose('accept')}>
          Accept
        </button>
      )}
      <button type="button" class="quiet-danger" onClick={choose('decline')}>
        Decline
      </button>
    </div>
  )
}

/** Sends a decision. What got no answer keeps its key, so that sending it again cannot decide twice. */
function useSending(transfer: Transfer, decided: Props['decided']) {
  const { api, machine, me } = useDesk()
  const [sending, setSending] = useState(false)
  const [trouble, setTrouble] = useState<string>()
  const unanswered = useRef<Wish>(undefined)
  const send = async (kind: Wish['kind'], text: string) => {
    const kept = unanswered.current
    const wish = kept?.kind === kind && kept.text === text ? kept : { kind, text, key: machine.randomId() }
    unanswered.current = wish
    setTrouble(undefined)
    setSending(true)
    try {
      const answered = await decide(api, transfer, { wish, machine })
      unanswered.current = undefined
      decided(outcomeOf(kind, answered, me.sub), answered.transfer)
    } catch (error) {
      setTrouble(`${troubleOf(error)} Whether your decision arrived is not known; sending it again is safe.`)
    } finally {
      setSending(false)
    }
  }
  return { send, sending, trouble, forget: () => setTrouble(undefined) }
}
