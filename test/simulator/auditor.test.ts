import { runScenario } from '@remit/simulator/run'
import { describe, expect, it } from 'vitest'
import { type Bug, startFakeRemit } from './fake-remit.ts'

type Items = { items: Record<string, string>[] }

/** Answers a family gets from a system with this bug. */
async function playWith(bug?: Bug, scenario: 'family' | 'retries' | 'merchants' | 'race' = 'family') {
  const fake = await startFakeRemit(bug)
  try {
    return await runScenario({ scenario, address: fake.address, seed: 5, run: 'test', patience: 0 })
  } finally {
    fake.stop()
  }
}

const everyTransfer = /^GET \/v1\/transfers\/transfer-/
const aStatement = /^GET \/v1\/accounts\/account-0\/statement$/

describe('the auditor', () => {
  it.each(['family', 'retries', 'merchants', 'race'] as const)(
    'finds nothing in an honest system: %s',
    async scenario => {
      const verdict = await playWith(undefined, scenario)
      expect(verdict.firstDifferences).toEqual([])
      expect(verdict.ok).toBe(true)
    },
  )

  it('names the transfer of the family that is worth a closer look', async () => {
    const { transfers } = await playWith()
    expect(transfers).toEqual([expect.stringMatching(/^transfer-/)])
  })

  const planted: [name: string, found: RegExp, bug: Bug][] = [
    [
      'a lost transfer',
      /^transfer family-5-\d+ \(transfer-15\): the answer \(404\)/,
      (call, answer) => {
        if (call === 'GET /v1/transfers/transfer-15') answer.status = 404
        if (call === 'GET /v1/transfers/transfer-15') answer.body = {}
      },
    ],
    [
      'a transfer carried out twice',
      /^account vera .*transfer-15 stands there twice/,
      (call, { body }) => {
        if (!aStatement.test(call)) return
        const { items } = body as Items
        const at = items.findIndex(line => line.transferId === 'transfer-15')
        const line = items[at]
        if (line) items.splice(at, 0, { ...line, version: Number(line.version) + 0.5 } as never)
        for (const [index, one] of items.toReversed().entries()) one.version = (index + 2) as never
      },
    ],
    [
      'a transfer that shows another id to a repeat',
      /was created twice|another id/,
      (call, answer, { key }) => {
        if (call === 'POST /v1/transfers' && key === 'retries-5-40') answer.body.transferId = `${Math.random()}`
      },
    ],
    [
      'a wrong fee',
      /^transfer family-5-\d+ .*: fee is 9 and should be 0$/,
      (call, { body }) => {
        if (everyTransfer.test(call)) body.fee = '9'
      },
    ],
    [
      'a wrong fee of a load',
      /^account vera .*loaded load-10: fee is 5 and should be 4/,
      (call, { body }) => {
        if (aStatement.test(call)) for (const line of (body as Items).items) if (line.type === 'loaded') line.fee = '5'
      },
    ],
    [
      'a wrong running balance',
      /^account vera .*statement line 3: the balance is 17997 and should be 17996/,
      (call, { body }) => {
        if (aStatement.test(call))
          for (const line of (body as Items).items) if (line.balance === '17996') line.balance = '17997'
      },
    ],
    [
      'a missing statement line',
      /^account vera .*the statement lacks the line loaded load-10/,
      (call, { body }) => {
        if (aStatement.test(call)) (body as Items).items.pop()
      },
    ],
    [
      'a line nobody asked for',
      /^account vera .* transfer-x was never asked for/,
      (call, { body }) => {
        const [line] = aStatement.test(call) ? (body as Items).items : []
        if (line) (body as Items).items.unshift({ ...line, transferId: 'transfer-x', version: 99 as never })
      },
    ],
    [
      'a balance that is not what the lines say',
      /^account vera .*balance is 1 and should be/,
      (call, { body }) => {
        if (call === 'GET /v1/accounts/account-0') body.balance = '1'
      },
    ],
    [
      'credits that are still held',
      /^account vera .*held is 5 and should be 0/,
      (call, { body }) => {
        if (call === 'GET /v1/accounts/account-0') body.held = '5'
      },
    ],
    [
      'a transfer twice on the list',
      /^account vera .*is on the list twice/,
      (call, { body }) => {
        const items = call === 'GET /v1/transfers' ? (body as Items).items : []
        if (items[0] && items.length > 10) items.push(items[0])
      },
    ],
    [
      'a transfer missing on the list',
      /^account vera .*is missing on the list/,
      (call, { body }) => {
        if (call === 'GET /v1/transfers') (body as Items).items.shift()
      },
    ],
    [
      'a transfer that never ends',
      /^transfer family-5-8 .*has no end, it is in_transit, and should be completed/,
      (call, answer, { key }) => {
        if (key !== 'family-5-8' && call !== 'GET /v1/transfers/transfer-11') return
        answer.status = call.startsWith('POST') ? 202 : 200
        answer.headers['retry-after'] = '1'
        answer.body.status = 'in_transit'
      },
    ],
    [
      'an end that changes',
      /was completed and is returned$/,
      (call, { body }) => {
        if (everyTransfer.test(call) && body.status === 'completed') body.status = 'returned'
      },
    ],
    [
      'a refusal without need',
      /ended refused account_frozen, and should be completed/,
      (call, { body }) => {
        if (call.endsWith('/transfers') || everyTransfer.test(call))
          Object.assign(body, { status: 'refused', reason: 'account_frozen' })
      },
    ],
    [
      'a request answered with an error',
      /^transfer family-5-15: was answered 500 \/problems\/internal/,
      (call, answer, { key }) => {
        if (call.startsWith('POST') && key === 'family-5-15') answer.status = 500
        if (answer.status === 500) answer.body = { type: '/problems/internal' }
      },
    ],
  ]
  it.each(planted)('finds %s', async (name, found, bug) => {
    const verdict = await playWith(bug, name.includes('repeat') ? 'retries' : 'family')
    expect(verdict.ok).toBe(false)
    expect(verdict.firstDifferences.join('\n')).toMatch(new RegExp(found.source, 'm'))
  })

  it('finds an altered body that is taken under a known key', async () => {
    const verdict = await playWith((_call, answer) => {
      if (answer.status === 422) Object.assign(answer, { status: 202, body: {} })
    }, 'retries')
    expect(verdict.firstDifferences.join('\n')).toMatch(/altered in \w+ it was answered 202/)
  })

  it('finds a 422 that names the wrong member', async () => {
    const verdict = await playWith((_call, { status, body }) => {
      if (status === 422) body.differs = ['/from']
    }, 'retries')
    expect(verdict.firstDifferences.join('\n')).toMatch(/was answered 422 .*differs \/from/)
  })

  it('gives up on a system that is not there', async () => {
    const { ok, firstDifference } = await runScenario({
      scenario: 'family',
      address: 'http://127.0.0.1:9',
      patience: 0.1,
    })
    expect([ok, firstDifference]).toEqual([false, expect.stringMatching(/ECONNREFUSED.*longer than 0.1 s/)])
  })
})
