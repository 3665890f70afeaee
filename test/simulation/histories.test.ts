import { describe, expect, test } from 'vitest'
import { runHistory } from './history.ts'
import { plantedBugs } from './planted-bugs.ts'

const HISTORIES = Number(process.env.HISTORIES ?? 300)
const FIRST_SEED = Number(process.env.SEED ?? 1)
/** A planted bug must be found within this many seeds. */
const SEEDS_PER_BUG = 200

describe('a simulated world', () => {
  test(`${HISTORIES} histories from seed ${FIRST_SEED} keep every promise`, { timeout: 300_000 }, async () => {
    let commands = 0
    for (let seed = FIRST_SEED; seed < FIRST_SEED + HISTORIES; seed++) commands += (await runHistory(seed)).commands
    expect(commands).toBeGreaterThan(HISTORIES * 5)
  })

  test('a seed tells the same history again', async () => {
    for (const seed of [1, 2, 3, 4, 5]) expect(await runHistory(seed)).toEqual(await runHistory(seed))
  })
})

describe('planted bugs are found', () => {
  test.each(Object.entries(plantedBugs))('%s', { timeout: 300_000 }, async (_name, bug) => {
    for (let seed = 1; seed <= SEEDS_PER_BUG; seed++) {
      const found = await runHistory(seed, bug).then(
        () => undefined,
        (error: Error) => error.message,
      )
      if (found !== undefined) return expect(found).toMatch(/^seed \d+: /)
    }
    expect.fail(`not found within ${SEEDS_PER_BUG} seeds`)
  })
})
