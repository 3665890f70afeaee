import { expect, test } from 'vitest'
import { ROUND, runRound } from './round.ts'

/** How many keys; by hand: KEYS=100000. */
const KEYS = Number(process.env.KEYS ?? 4_000)
const SEED = Number(process.env.SEED ?? 1)

test(`${KEYS} keys, each sent 1 to 50 times, at once and thirty days later: one transfer per key (seed ${SEED})`, {
  timeout: 3_600_000,
}, async () => {
  const sum = { keys: 0, requests: 0, replays: 0, altered: 0, mostTimes: 0 }
  for (let round = 0; round * ROUND < KEYS; round++) {
    const did = await runRound(SEED + round, Math.min(ROUND, KEYS - round * ROUND))
    sum.keys += did.keys
    sum.requests += did.requests
    sum.replays += did.replays
    sum.altered += did.altered
    sum.mostTimes = Math.max(sum.mostTimes, did.mostTimes)
  }
  console.log(sum)
  expect(sum.keys).toBe(KEYS)
  expect(sum.altered).toBeGreaterThan(KEYS / 10)
  expect(sum.replays).toBeGreaterThan(KEYS)
  expect(sum.mostTimes).toBeGreaterThanOrEqual(KEYS >= 4_000 ? 50 : 2)
})
