import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { opened, remit } from './remit.ts'

const { crowd, running } = remit({
  REVIEW_PERIOD_SECONDS: '6',
  WATCH_SCHEDULE: '* * * * * *',
  WATCH_REVIEWS_SCHEDULE: '* * * * * *',
  REVIEW_RETRY_MILLISECONDS: '100',
})

type Mail = { readonly to: string[]; readonly subject: string; readonly text: string }

/** Mails about a transfer, in the order they came. */
async function mailsAbout(transferId: unknown): Promise<Mail[]> {
  const all = (await (await fetch(`${running().mailbox}/messages`)).json()) as Mail[]
  return all.filter(({ text }) => text.includes(String(transferId))).reverse()
}

async function mailed(transferId: unknown, count: number): Promise<string[]> {
  const found = () => mailsAbout(transferId)
  await expect.poll(async () => (await found()).length, { timeout: 20_000, interval: 50 }).toBeGreaterThanOrEqual(count)
  return (await found()).map(({ to, subject }) => `${to}: ${subject}`)
}

describe('letters about a significant transfer', () => {
  const hold = async (amount = '100000', kind = 'personal') => {
    const { alice, bob, till } = await crowd()
    const from = await opened(alice, till, { load: 3_000_000 })
    const to = await opened(bob, till, { kind })
    const { body } = await alice.post('/v1/transfers', { from, to, amount })
    expect(body.status).toBe('held')
    return String(body.transferId)
  }
  const decide = async (id: string, how: 'approve' | 'decline') => {
    const { rita } = await crowd()
    const { body } = await rita.post(
      `/v1/transfers/${id}/${how}`,
      how === 'decline' ? { reason: 'no' } : { note: randomUUID() },
    )
    expect(body.status).toBe('applied')
  }

  test('accepted: sender and receiver are told, each once', async () => {
    const id = await hold()
    await decide(id, 'approve')
    expect((await mailed(id, 2)).sort()).toEqual([
      'alice@remit.local: Your transfer of 1000.00 EUR was accepted',
      'bob@remit.local: A transfer of 1000.00 EUR is on its way to you',
    ])
  })

  test('two must accept: the second reviewer is asked for', async () => {
    const id = await hold('1000000')
    await decide(id, 'approve')
    expect(await mailed(id, 1)).toEqual(['reviewers@remit.local: A transfer of 10000.00 EUR needs a second reviewer'])
    const { rob } = await crowd()
    expect((await rob.post(`/v1/transfers/${id}/approve`)).body.status).toBe('applied')
    expect((await mailed(id, 3)).slice(1).sort()).toEqual([
      'alice@remit.local: Your transfer of 10000.00 EUR was accepted',
      'bob@remit.local: A transfer of 10000.00 EUR is on its way to you',
    ])
  })

  test('a merchant hears of a payment', async () => {
    const id = await hold('100000', 'merchant')
    await decide(id, 'approve')
    expect(await mailed(id, 2)).toContain('bob@remit.local: A payment of 1000.00 EUR is on its way to you')
  })

  test('declined: only the sender hears of it', async () => {
    const id = await hold()
    await decide(id, 'decline')
    expect(await mailed(id, 1)).toEqual(['alice@remit.local: Your transfer of 1000.00 EUR was declined'])
  })

  test('nobody decides: reviewers are reminded twice, then the sender is told', async () => {
    const id = await hold()
    expect(await mailed(id, 3)).toEqual([
      'reviewers@remit.local: A transfer of 1000.00 EUR waits for a decision',
      'reviewers@remit.local: Soon over: a transfer of 1000.00 EUR waits for a decision',
      'alice@remit.local: Your transfer of 1000.00 EUR has expired',
    ])
  })
})
