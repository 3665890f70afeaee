import { OutOfReach, Refused } from '@remit/review-page/answers'
import type { Operation, Transfer } from '@remit/review-page/api'
import { type Answered, decide } from '@remit/review-page/decide'
import { endOf, outcomeOf } from '@remit/review-page/outcome'
import { describe, expect, test } from 'vitest'

const held = { transferId: 't', status: 'held', approvals: 0, approvalsNeeded: 1 } as Transfer
const as = (more: Partial<Transfer>): Transfer => ({ ...held, ...more })
const operation = (status: Operation['status'], reason?: string) =>
  ({ operationId: 'o', status, ...(reason ? { reason } : {}) }) as Operation
const problem = (status: number, name: string, retryable = false) =>
  new Refused(status, { type: `/problems/${name}`, title: `${name}.`, retryable })

describe('what a reviewer is told', () => {
  const told = (kind: 'accept' | 'decline', result: Answered['result'], transfer: Transfer) =>
    outcomeOf(kind, { result, transfer }, 'rita')

  test.each([
    ['accept', operation('applied'), as({ status: 'in_transit' }), 'good', 'Accepted', /on their way/, false],
    ['accept', operation('applied'), as({ status: 'completed' }), 'good', 'Accepted', /have arrived/, false],
    ['accept', operation('applied'), as({ status: 'returned' }), 'good', 'Accepted', /went back/, false],
    [
      'accept',
      operation('applied'),
      as({ approvals: 1, approvalsNeeded: 2 }),
      'good',
      'Your approval is recorded',
      /1 of 2: another/,
      true,
    ],
    ['decline', operation('applied'), as({ status: 'declined' }), 'good', 'Declined', /available/, false],
    [
      'accept',
      operation('no_effect'),
      as({ approvals: 1, approvalsNeeded: 2 }),
      'plain',
      'You had accepted this already',
      /1 of 2/,
      true,
    ],
    ['accept', operation('pending'), held, 'plain', 'Your decision is on its way', /stored/, true],
    ['accept', operation('parked'), held, 'bad', 'Your decision is stuck', /operator/, true],
    [
      'accept',
      operation('refused', 'reviewer_is_party'),
      held,
      'bad',
      'You are a party to this transfer',
      /Somebody else/,
      true,
    ],
    ['accept', operation('refused', 'review_expired'), held, 'bad', 'It was past due', /after the time/, true],
    [
      'accept',
      operation('refused', 'transfer_not_held'),
      as({ status: 'expired' }),
      'bad',
      'It has expired',
      /changed nothing/,
      false,
    ],
    [
      'decline',
      operation('refused', 'transfer_not_held'),
      as({ status: 'completed', decidedBy: ['rob', 'ruth'] }),
      'bad',
      'rob and ruth accepted it',
      /changed nothing/,
      false,
    ],
    [
      'accept',
      operation('refused', 'transfer_not_held'),
      as({ status: 'declined', decidedBy: ['rita', 'rob'] }),
      'bad',
      'rob declined it',
      /changed nothing/,
      false,
    ],
    ['accept', operation('refused', 'account_frozen'), held, 'bad', 'It could not be decided', /frozen/, true],
    [
      'accept',
      operation('refused', 'some_new_reason'),
      held,
      'bad',
      'It could not be decided',
      /some new reason/,
      true,
    ],
    ['accept', problem(409, 'receiver-unknown', true), held, 'bad', 'It cannot be accepted', /not open/, true],
    ['accept', problem(403, 'forbidden'), held, 'bad', 'You may not decide', /not as a reviewer/, true],
    ['accept', problem(400, 'invalid-body'), held, 'bad', 'That did not work', /invalid-body/, true],
  ] as const)('%s, %o, %o', (kind, result, transfer, tone, title, text, waits) => {
    expect(told(kind, result, transfer)).toEqual({ tone, title, text: expect.stringMatching(text), waits })
  })

  test('of a transfer looked at: nothing while it waits, then who ended it', () => {
    const end = (more: Partial<Transfer>) => endOf(as(more), 'rita')?.title
    expect(end({})).toBeUndefined()
    expect(end({ status: 'pending' })).toBeUndefined()
    expect(end({ status: 'completed', decidedBy: ['rita', 'rob'] })).toBe('You and rob accepted it')
    expect(end({ status: 'returned', decidedBy: ['rob'] })).toBe('rob accepted it')
    expect(end({ status: 'declined', decidedBy: ['rob', 'rita'] })).toBe('You declined it')
    expect(end({ status: 'expired' })).toBe('It has expired')
  })
})

describe('a decision', () => {
  const machine = {
    later: (_: number, call: () => void) => {
      queueMicrotask(call)
      return () => {}
    },
  }
  const wish = { kind: 'accept', text: 'fine', key: 'key-1' } as const

  /** Answers in this order; what is thrown is thrown. */
  function answering(...answers: (Operation | Error)[]) {
    const sent: string[][] = []
    const next = async (...call: string[]) => {
      sent.push(call)
      const answer = answers.shift() ?? new OutOfReach('no more answers')
      if (answer instanceof Error) throw answer
      return answer
    }
    const api = { approve: next, decline: next, operation: next, transfer: async () => held }
    return { sent, done: decide(api, held, { wish, machine }) }
  }

  test('is sent again as it is until somebody answers', async () => {
    const lost = [new OutOfReach(''), problem(503, 'unavailable', true), new OutOfReach('')]
    const { sent, done } = answering(...lost, operation('applied'))
    expect((await done).result).toMatchObject({ status: 'applied' })
    expect(sent).toEqual(Array.from({ length: 4 }, () => ['t', 'fine', 'key-1']))
  })

  test('is given up when nobody answers, and nobody claims to know what became of it', async () => {
    const { sent, done } = answering()
    await expect(done).rejects.toBeInstanceOf(OutOfReach)
    expect(sent).toHaveLength(5)
  })

  test.each([
    problem(409, 'receiver-unknown', true),
    problem(403, 'forbidden'),
    problem(422, 'idempotency-key-reused'),
  ])('that is refused is not sent again: %o', async refusal => {
    const { sent, done } = answering(refusal)
    expect((await done).result).toBe(refusal)
    expect(sent).toHaveLength(1)
  })

  test('by somebody whose sign-in has ended is thrown, so that it is kept', async () => {
    await expect(answering(problem(401, 'unauthenticated')).done).rejects.toMatchObject({ status: 401 })
  })

  test('that takes longer than the answer is looked after', async () => {
    const { sent, done } = answering(operation('pending'), new OutOfReach(''), operation('applied'))
    expect((await done).result).toMatchObject({ status: 'applied' })
    expect(sent).toEqual([['t', 'fine', 'key-1'], ['o'], ['o']])
  })
})
