import { enterAltered, enterAnswer, pathOf } from './check-answer.ts'
import type { Answer, Asked } from './client.ts'
import { described, type Entry, entryOf, type Ledger } from './ledger.ts'
import type { Copies, Wish } from './plan.ts'
import type { Callers, Subject } from './tokens.ts'

/** What all requests of a run share. */
export type Run = {
  /** Prefix of all subjects, so that runs on one store do not meet. */
  readonly name: string
  readonly callers: Callers
  readonly ledger: Ledger
}

/** Sends one request, with all its copies, and enters every answer. Resolves with the answer to the request itself. */
export async function carryOut(run: Run, wish: Wish, wait: number): Promise<Answer | undefined> {
  const entry = entryOf(run.ledger, wish)
  const request = requestFor(run, wish, wish.wait ?? wait)
  if (request === undefined) {
    run.ledger.differences.add(`${described(entry)}: cannot be asked, what it builds on is missing`)
    return undefined
  }
  const { subject, asked } = request
  const { atOnce = 0, dropped = 0, altered }: Partial<Copies> = wish.copies ?? {}
  for (let copy = 0; copy < dropped; copy++) await run.callers.drop(subject, asked)
  const all = Array.from({ length: 1 + atOnce }, () => run.callers.send(subject, asked))
  const answers = await Promise.all(all)
  for (const answer of answers) enterAnswer(run.ledger, entry, answer)
  if (wish.kind === 'open') enterHolder(run, entry, subject.sub)
  if (altered) {
    const body = { ...(asked.body as object), [altered.member]: altered.value }
    const answer = await run.callers.send(subject, { ...asked, body })
    enterAltered(run.ledger, entry, { member: altered.member, answer })
  }
  return answers[0]
}

function enterHolder({ ledger }: Run, { wish, id }: Entry, owner: string): void {
  if (wish.kind !== 'open' || id === undefined) return
  ledger.ids.set(wish.account, id)
  ledger.holders.set(wish.account, { name: wish.account, accountId: id, owner, kind: wish.accountKind })
}

type Request = { subject: Subject; asked: Asked }

/** The request for a wish; undefined where an account or transfer it names is unknown. */
function requestFor(run: Run, wish: Wish, wait: number): Request | undefined {
  const prefer = wait > 0 ? { prefer: `wait=${wait}` } : undefined
  const headers = { 'idempotency-key': wish.key, ...prefer }
  const found = callFor(run, wish)
  return found && { subject: found.subject, asked: { method: 'POST', path: found.path, body: found.body, headers } }
}

function callFor(run: Run, wish: Wish): { subject: Subject; path: string; body: unknown } | undefined {
  const { ids, entries } = run.ledger
  const owner = (account: string) => ({ sub: `${run.name}.${account}`, roles: ['user'] })
  switch (wish.kind) {
    case 'open':
      return { subject: owner(wish.account), path: '/v1/accounts', body: { kind: wish.accountKind, name: wish.title } }
    case 'load': {
      const id = ids.get(wish.account)
      const body = { amount: String(wish.amount), paymentReference: wish.paymentReference }
      const subject = { sub: `${run.name}.payments`, roles: ['payments'] }
      return id === undefined ? undefined : { subject, path: `/v1/accounts/${id}/loads`, body }
    }
    case 'send': {
      const [from, to] = [ids.get(wish.from), ids.get(wish.to)]
      const memo = wish.memo === undefined ? {} : { memo: wish.memo }
      const body = { from, to, amount: String(wish.amount), ...memo }
      return from === undefined || to === undefined
        ? undefined
        : { subject: owner(wish.from), path: '/v1/transfers', body }
    }
    case 'approve':
    case 'decline': {
      const transfer = entries.get(wish.transfer)
      if (transfer?.id === undefined) return undefined
      const subject = { sub: `${run.name}.${wish.reviewer}`, roles: ['user', 'reviewer'] }
      const text = wish.text === undefined ? {} : { [wish.kind === 'approve' ? 'note' : 'reason']: wish.text }
      return { subject, path: `${pathOf(transfer.wish, transfer.id)}/${wish.kind}`, body: text }
    }
  }
}
