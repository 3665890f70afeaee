import type { z } from 'zod'
import { accountAnswer, operationAnswer, problem, transferAnswer } from './answers.ts'
import { feeOf } from './books.ts'
import type { Answer } from './client.ts'
import { described, type Entry, hasEnded, type Ledger, outcomeOf } from './ledger.ts'
import type { Open, Send, Wish } from './plan.ts'

/** What an answer says of a request, whatever resource it shows. */
type Told = { id: string; status: string; reason?: string | undefined; reviewDueAt?: string | undefined }

const COMMANDS = { load: 'LoadCredits', approve: 'ApproveTransfer', decline: 'DeclineTransfer' } as const

/** Where the resource of a request is read. */
export function pathOf({ kind }: Wish, id: string): string {
  if (kind === 'open') return `/v1/accounts/${id}`
  return kind === 'send' ? `/v1/transfers/${id}` : `/v1/operations/${id}`
}

/** Enters the answer to a request, or to a repeat of it; what must not be becomes a difference. */
export function enterAnswer(ledger: Ledger, entry: Entry, answer: Answer): void {
  const wrong = (what: string) => ledger.differences.add(`${described(entry)}: ${what}`)
  if (answer.status !== 200 && answer.status !== 202) {
    wrong(`was answered ${inWords(answer)}`)
    return
  }
  const before = entry.id
  const told = enterResource(ledger, entry, answer)
  if (told === undefined) return
  entry.answers++
  if (answer.headers['idempotent-replayed'] === 'true') ledger.replays++
  else if (++entry.created > 1) wrong('was created twice: two answers do not call themselves a replay')
  if (before !== undefined && before !== told.id) wrong(`a repeat was answered with another id, ${told.id}`)
  const location = pathOf(entry.wish, told.id)
  if (answer.headers.location !== location) wrong(`Location is ${answer.headers.location} and should be ${location}`)
  if (answer.status === 202 && answer.headers['retry-after'] === undefined) wrong('202 came without Retry-After')
  if (answer.status === 200 && ['pending', 'in_transit', 'held'].includes(told.status)) {
    wrong(`200 came although it is ${told.status}`)
  }
}

/** Enters what a resource shows, and compares it with what was asked. Undefined where it is not even readable. */
export function enterResource(ledger: Ledger, entry: Entry, { body, status }: Answer): Told | undefined {
  const wrong = (what: string) => ledger.differences.add(`${described(entry)}: ${what}`)
  const { told, faults } = toldOf(ledger, entry.wish, body)
  for (const fault of faults) wrong(fault)
  if (told === undefined) {
    wrong(`the answer (${status}) has not the shape it should have`)
    return undefined
  }
  if (hasEnded(entry) && hasEnded(told) && outcomeOf(told as Entry) !== outcomeOf(entry)) {
    wrong(`was ${outcomeOf(entry)} and is ${outcomeOf(told as Entry)}`)
  }
  entry.id ??= told.id
  // Answers overtake one another: an older one never takes an end back.
  if (!hasEnded(entry)) {
    entry.status = told.status
    if (told.reason !== undefined) entry.reason = told.reason
    if (told.reviewDueAt !== undefined) entry.reviewDueAt = told.reviewDueAt
  }
  return told
}

type Reading = { told?: Told; faults: string[] }

function toldOf(ledger: Ledger, wish: Wish, body: unknown): Reading {
  if (wish.kind === 'open') return readAs(accountAnswer, body, account => toldOfAccount(wish, account))
  if (wish.kind === 'send') return readAs(transferAnswer, body, transfer => toldOfTransfer(ledger, wish, transfer))
  return readAs(operationAnswer, body, ({ operationId, status, reason, command }) => ({
    told: { id: operationId, status, reason },
    faults: differing({ command: [command, COMMANDS[wish.kind]] }),
  }))
}

function readAs<Shape extends z.ZodType>(
  shape: Shape,
  body: unknown,
  read: (found: z.output<Shape>) => Reading,
): Reading {
  const parsed = shape.safeParse(body)
  return parsed.success ? read(parsed.data) : { faults: [] }
}

function toldOfAccount({ accountKind }: Open, account: z.output<typeof accountAnswer>): Reading {
  const { accountId, status, kind } = account
  return { told: { id: accountId, status }, faults: differing({ kind: [kind, accountKind] }) }
}

function toldOfTransfer(ledger: Ledger, wish: Send, transfer: z.output<typeof transferAnswer>): Reading {
  const { transferId, status, reason, reviewDueAt, from, to, amount, fee, memo } = transfer
  const due = status === 'completed' ? (wish.fee ?? feeOf(ledger, wish)) : 0n
  const faults = differing({
    from: [from, ledger.ids.get(wish.from)],
    to: [to, ledger.ids.get(wish.to)],
    amount: [amount, wish.amount],
    memo: [memo, wish.memo],
    fee: [fee, hasEnded({ status }) ? due : fee],
  })
  return { told: { id: transferId, status, reason, reviewDueAt }, faults }
}

/** One sentence for each member that is not what it should be. */
function differing(members: Record<string, readonly [found: unknown, expected: unknown]>): string[] {
  return Object.entries(members).flatMap(([name, [found, expected]]) =>
    found === expected ? [] : [`${name} is ${found} and should be ${expected}`],
  )
}

/** Enters the answer to a repeat with another value in `member`: only 422, naming that member, will do. */
export function enterAltered(ledger: Ledger, entry: Entry, altered: { member: string; answer: Answer }): void {
  const { member, answer } = altered
  const { data } = problem.safeParse(answer.body)
  const named = data?.differs?.length === 1 && data.differs[0] === `/${member}`
  if (answer.status === 422 && data?.type === '/problems/idempotency-key-reused' && named) {
    ledger.alteredRefused++
    return
  }
  const differs = data?.differs === undefined ? '' : `, differs ${data.differs.join(' ')}`
  ledger.differences.add(`${described(entry)}: altered in ${member} it was answered ${inWords(answer)}${differs}`)
}

function inWords({ status, body }: Answer): string {
  const { data } = problem.safeParse(body)
  return data === undefined ? String(status) : `${status} ${data.type}`
}
