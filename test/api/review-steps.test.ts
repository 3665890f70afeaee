import { memoryDocuments } from '@remit/documents/memory'
import { addressesBy } from '@remit/functions-reviews/companions'
import { type Companions, followReview, watchReviews } from '@remit/functions-reviews/follow-review'
import { giveUpLetter, type Letter, letter, type Mailer, sendLetter } from '@remit/functions-reviews/letters'
import { updateReviews } from '@remit/functions-reviews/review-list'
import { closeReview, lookAtReview } from '@remit/functions-reviews/review-steps'
import { describe, expect, test } from 'vitest'

const ANN = '11111111-1111-4111-8111-111111111111'
const TOM = '22222222-2222-4222-8222-222222222222'
const ID = `${ANN}_33333333-3333-5333-8333-333333333333`
const BEGUN = Date.parse('2026-01-01T12:00:00.000Z')
const HOUR = 3_600_000
const at = (hours: number) => new Date(BEGUN + hours * HOUR).toISOString()

/** The service over stores in memory, ten hours of which are given for a decision. */
function service({ kind = 'personal', owner = 'tom' } = {}) {
  let now = BEGUN
  const world = { now: () => now }
  const stores = (partitionKey: string) => memoryDocuments({ partitionKey, now: world.now })
  const [reviews, letters, accounts] = [stores('list'), stores('transferId'), stores('accountId')]
  for (const [accountId, name, its] of [
    [ANN, 'ann', 'personal'],
    [TOM, owner, kind],
  ]) {
    const item = { id: 'summary', accountId, owner: name, kind: its, append: 1, version: 1, status: 'open' }
    void accounts.write({ kind: 'create', item: { ...item, currency: 'EUR', balance: 0, held: 0 } })
  }
  const addresses = addressesBy('reviewers@remit.local', '{owner}@remit.local')
  const steps = { reviews, letters, accounts, addresses, world }
  const hear = (what: string, data: object = {}) =>
    updateReviews(reviews, { type: `remit.transfer-${what}.v1`, data: { transferId: ID, ...data } })
  return {
    steps,
    reviews,
    letters,
    hear,
    hold: (approvalsNeeded = 1) =>
      hear('held', {
        streamId: ANN,
        to: TOM,
        amount: 123_456,
        currency: 'EUR',
        approvalsNeeded,
        at: at(0),
        dueAt: at(10),
      }),
    look: (hours: number) => {
      now = BEGUN + hours * HOUR
      return lookAtReview(steps, ID)
    },
    written: () => letters.all().map(item => letter.parse(item)),
    sent: async (id: Letter['id']) =>
      sendLetter({ letters, mailer: { send: async () => 'sent' } }, { transferId: ID, id }),
  }
}

describe('a look at a review', () => {
  test('says when to look again, and what is owed by then', async () => {
    const { hold, look, sent } = service()
    await hold()
    expect(await look(1)).toEqual({ state: 'waiting', due: [], lookAt: at(5) })
    expect(await look(5)).toEqual({ state: 'waiting', due: ['reminder-half'], lookAt: at(9) })
    expect(await look(6)).toEqual({ state: 'waiting', due: ['reminder-half'], lookAt: at(9) })
    await sent('reminder-half')
    expect(await look(6)).toEqual({ state: 'waiting', due: [], lookAt: at(9) })
    expect(await look(9.5)).toEqual({ state: 'waiting', due: ['reminder-late'], lookAt: at(10) })
    await sent('reminder-late')
    expect(await look(11)).toEqual({
      state: 'waiting',
      due: [],
      lookAt: new Date(BEGUN + 11 * HOUR + 60_000).toISOString(),
    })
  })

  test('asks for the second reviewer as soon as one has accepted', async () => {
    const { hear, hold, look, sent, written } = service()
    await hold(2)
    expect(await look(1)).toMatchObject({ due: [] })
    await hear('approved', { by: 'rita', at: at(1) })
    expect(await look(1)).toEqual({ state: 'waiting', due: ['second-reviewer'], lookAt: at(5) })
    await sent('second-reviewer')
    expect(await look(2)).toMatchObject({ due: [] })
    expect(written()).toMatchObject([
      { to: 'reviewers@remit.local', subject: 'A transfer of 1234.56 EUR needs a second reviewer' },
    ])
  })

  test('does not remind anybody of what is overdue', async () => {
    const { hold, look, written } = service()
    await hold()
    expect(await look(10)).toMatchObject({ state: 'waiting', due: [] })
    expect(written()).toEqual([])
  })

  test('reminds of what is missing, and of nothing that is not for mails', async () => {
    const { hear, hold, look, written } = service()
    await hold(2)
    await hear('approved', { by: 'rita', at: at(1) })
    await look(5)
    expect(written().filter(({ id }) => id === 'reminder-half')).toMatchObject([
      {
        id: 'reminder-half',
        to: 'reviewers@remit.local',
        subject: 'A transfer of 1234.56 EUR waits for a decision',
        text: `The transfer ${ID} of 1234.56 EUR waits for one approval.\nWithout it the transfer expires at ${at(10)}.\n`,
        state: 'due',
      },
    ])
  })

  test.each([
    ['accepted', 'approved', { by: 'rita', at: at(1) }, ['sender: ann@remit.local', 'receiver: tom@remit.local']],
    ['declined', 'declined', { by: 'rita', at: at(1) }, ['sender: ann@remit.local']],
    ['expired', 'expired', { at: at(10) }, ['sender: ann@remit.local']],
  ])('%s: writes to those whom it concerns', async (_, what, data, expected) => {
    const { hear, hold, look, written } = service()
    await hold()
    await hear(what, data)
    expect(await look(2)).toMatchObject({ state: 'ended', due: expected.map(one => one.split(':')[0]) })
    expect(written().map(({ id, to }) => `${id}: ${to}`)).toEqual(expected)
  })

  test('drops a reminder that was not sent before the end', async () => {
    const { hear, hold, look, sent, written } = service()
    await hold()
    await look(5)
    await hear('declined', { by: 'rita', at: at(5) })
    expect(await look(6)).toEqual({ state: 'ended', due: ['sender'] })
    await sent('reminder-half')
    expect(written().map(({ id, state }) => `${id} ${state}`)).toEqual(['reminder-half overtaken', 'sender due'])
  })

  test('calls what a merchant gets a payment', async () => {
    const { hear, hold, look, written } = service({ kind: 'merchant' })
    await hold()
    await hear('approved', { by: 'rita', at: at(1) })
    await look(2)
    expect(written().find(({ id }) => id === 'receiver')?.subject).toBe('A payment of 1234.56 EUR is on its way to you')
  })

  test('writes to nobody without a plain address', async () => {
    const { hear, hold, look } = service({ owner: 'tom@elsewhere>, eve' })
    await hold()
    await hear('approved', { by: 'rita', at: at(1) })
    expect(await look(2)).toEqual({ state: 'ended', due: ['sender'] })
  })

  test('of what is unknown, not held as far as is known, or closed has nothing to do', async () => {
    const { hear, hold, look, steps } = service()
    expect(await look(1)).toEqual({ state: 'closed' })
    await hear('declined', { by: 'rita', at: at(1) })
    expect(await look(1)).toEqual({ state: 'closed' })
    await hold()
    expect(await look(1)).toMatchObject({ state: 'ended' })
    await closeReview(steps, ID)
    expect(await look(1)).toEqual({ state: 'closed' })
    await hear('declined', { by: 'rita', at: at(1) })
    expect(await look(1)).toEqual({ state: 'closed' })
  })
})

describe('a letter', () => {
  const due = async () => {
    const all = service()
    await all.hold()
    await all.hear('declined', { by: 'rita', at: at(1) })
    await all.look(2)
    const which = { transferId: ID, id: 'sender' as const }
    const tried: string[] = []
    const send = (answer: () => 'sent' | 'refused') =>
      sendLetter({ letters: all.letters, mailer: { send: mailer(tried, answer) } }, which)
    return { ...all, which, tried, send, state: () => all.written()[0]?.state }
  }
  const mailer =
    (tried: string[], answer: () => 'sent' | 'refused'): Mailer['send'] =>
    async ({ messageId }) => {
      tried.push(messageId)
      return answer()
    }

  test('is sent once, under an id that does not change', async () => {
    const { send, state, tried } = await due()
    await send(() => 'sent')
    await send(() => 'sent')
    expect([tried, state()]).toEqual([[`<sender.${ID}@remit>`], 'sent'])
  })

  test('stays due when the server is away, and is given up only when somebody says so', async () => {
    const { letters, send, state, which } = await due()
    const away = () => {
      throw new Error('away')
    }
    await expect(send(away)).rejects.toThrow('away')
    expect(state()).toBe('due')
    await giveUpLetter(letters, which)
    expect(state()).toBe('given_up')
    await send(away)
    expect(state()).toBe('given_up')
  })

  test('that is refused is not tried again', async () => {
    const { letters, send, state, tried, which } = await due()
    await send(() => 'refused')
    await send(() => 'sent')
    await giveUpLetter(letters, which)
    expect([tried.length, state()]).toEqual([1, 'refused'])
  })
})

describe('a review is accompanied', () => {
  const companions = (running: boolean) => {
    const did: string[] = []
    const tell = (what: string) => async (id: string) => void did.push(`${what} ${id === ID}`)
    const all: Companions = { isRunning: async () => running, start: tell('start'), tellChange: tell('tell') }
    return { all, did }
  }

  test.each([
    ['nobody is at work: started', false, [], ['start true']],
    ['somebody is: left alone', true, [], []],
    ['and one of two has accepted: told so', true, ['approved'], ['tell true']],
    ['and it has ended: told so', true, ['declined'], ['tell true']],
    ['it has ended and nobody is at work: started, to finish it', false, ['declined'], ['start true']],
  ])('%s', async (_, running, news, expected) => {
    const { hear, hold, reviews } = service()
    await hold(2)
    for (const what of news) await hear(what, { by: 'rita', at: at(1) })
    const { all, did } = companions(running)
    await watchReviews(reviews, all)
    expect(did).toEqual(expected)
  })

  test('until it is closed, whatever is heard afterwards', async () => {
    const { hear, hold, reviews, steps } = service()
    await hold()
    await hear('declined', { by: 'rita', at: at(1) })
    await closeReview(steps, ID)
    const { all, did } = companions(false)
    const item = await hear('declined', { by: 'rita', at: at(1) })
    if (item) await followReview(all, item)
    await watchReviews(reviews, all)
    expect(did).toEqual([])
  })
})
