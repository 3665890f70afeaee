import { Refused } from './answers.ts'
import type { Transfer } from './api.ts'
import type { Answered, Wish } from './decide.ts'

/** What a reviewer is told about a transfer, after a decision or when it needs none any more. */
export type Outcome = {
  readonly tone: 'good' | 'plain' | 'bad'
  readonly title: string
  readonly text: string
  /** The transfer still waits for somebody. */
  readonly waits: boolean
}

type Seen = Pick<Transfer, 'status' | 'decidedBy' | 'approvals' | 'approvalsNeeded'>

/** What became of one's own decision. */
export function outcomeOf(kind: Wish['kind'], { result, transfer }: Answered, me: string): Outcome {
  const waits = transfer.status === 'held'
  if (result instanceof Refused) return problemOutcome(result, waits)
  switch (result.status) {
    case 'applied':
      return kind === 'accept' ? accepted(transfer) : declined
    case 'no_effect':
      return { ...plain('You had accepted this already', stillNeeded(transfer)), waits }
    case 'refused':
      return refusal(result.reason ?? '', transfer, me)
    case 'parked':
      return { ...bad('Your decision is stuck', 'It is stored, and an operator has to look after it.'), waits }
    default:
      return {
        ...plain('Your decision is on its way', 'It is stored. The outcome shows here as soon as it is known.'),
        waits,
      }
  }
}

/** How a transfer ended, for somebody who looks at it; nothing while it waits. */
export function endOf(transfer: Seen, me: string): Outcome | undefined {
  const deciders = transfer.decidedBy ?? []
  const last = deciders.at(-1)
  switch (transfer.status) {
    case 'held':
    case 'pending':
      return undefined
    case 'expired':
      return plain('It has expired', 'Nobody decided in time. The credits are available to the sender again.')
    case 'declined':
      return plain(`${capital(who(last, me))} declined it`, 'The credits are available to the sender again.')
    case 'refused':
      return plain('It was refused', 'The transfer never held any credits.')
    case 'returned':
      return plain(`${capital(names(deciders, me))} accepted it`, RETURNED)
    default:
      return plain(`${capital(names(deciders, me))} accepted it`, whereNow(transfer))
  }
}

const RETURNED = 'The receiving account could not take the credits, so they went back to the sender.'

function whereNow({ status }: Seen): string {
  if (status === 'returned') return RETURNED
  return status === 'completed' ? 'The credits have arrived.' : 'The credits are on their way.'
}

function accepted(transfer: Seen): Outcome {
  if (transfer.status !== 'held') return good('Accepted', whereNow(transfer))
  return { ...good('Your approval is recorded', stillNeeded(transfer)), waits: true }
}

const declined: Outcome = good('Declined', 'The credits are available to the sender again.')

function stillNeeded({ status, approvals = 1, approvalsNeeded = 1 }: Seen): string {
  if (status !== 'held') return 'It has been decided since.'
  return `${approvals} of ${approvalsNeeded}: another reviewer must accept before the credits move.`
}

function refusal(reason: string, transfer: Seen, me: string): Outcome {
  const waits = transfer.status === 'held'
  if (reason === 'reviewer_is_party') {
    return { ...bad('You are a party to this transfer', 'Somebody else has to review it.'), waits }
  }
  if (reason === 'review_expired')
    return { ...bad('It was past due', 'Your decision came after the time to decide.'), waits }
  const end = endOf(transfer, me)
  if (end !== undefined) return { ...end, tone: 'bad', text: `Your decision changed nothing. ${end.text}` }
  const known = reasons[reason]
  return { ...bad('It could not be decided', known ?? `The account refused: ${reason.replaceAll('_', ' ')}.`), waits }
}

const reasons: Readonly<Record<string, string>> = {
  account_frozen: "The sender's account is frozen: nothing may leave it.",
  account_closed: "The sender's account is closed.",
  insufficient_credits: 'The sender no longer has the credits.',
}

function problemOutcome({ problem, message }: Refused, waits: boolean): Outcome {
  if (problem === 'receiver-unknown') {
    return { ...bad('It cannot be accepted', 'The receiving account is not open. You can decline it, or wait.'), waits }
  }
  if (problem === 'forbidden')
    return { ...bad('You may not decide', 'You are signed in, but not as a reviewer.'), waits }
  return { ...bad('That did not work', message), waits }
}

function good(title: string, text: string): Outcome {
  return { tone: 'good', title, text, waits: false }
}

function plain(title: string, text: string): Outcome {
  return { tone: 'plain', title, text, waits: false }
}

function bad(title: string, text: string): Outcome {
  return { tone: 'bad', title, text, waits: false }
}

const who = (by: string | undefined, me: string) => (by === me ? 'you' : (by ?? 'somebody'))

export function names(deciders: readonly string[], me: string): string {
  const all = deciders.map(by => who(by, me))
  return all.length === 0 ? 'somebody' : all.join(' and ')
}

const capital = (text: string) => (text.startsWith('you') ? `Y${text.slice(1)}` : text)
