import { runScenario } from '@remit/simulator/run'
import { describe, expect, test } from 'vitest'
import { remit } from '../flow/remit.ts'

const { running } = remit({ REVIEW_PERIOD_SECONDS: '5', WATCH_SCHEDULE: '* * * * * *' })

describe('every scenario ends with a balanced ledger', () => {
  const scenarios = ['family', 'reviews', 'merchants', 'race', 'retries'] as const
  test.each(scenarios)('%s', { timeout: 90_000 }, async scenario => {
    const verdict = await runScenario({ scenario, address: running().address, seed: 11, expire: true })
    expect(verdict.firstDifferences).toEqual([])
    expect(verdict.ok).toBe(true)
  })
})
