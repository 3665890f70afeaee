import { afterAll, describe, expect, test } from 'vitest'
import { runHistory } from './history.ts'
import { seedsThatFind } from './planted-bugs/seeds.ts'
import { bugsByPlace, plantedBugs } from './planted-bugs.ts'

/** A planted bug must be found within this many seeds. */
const MOST_SEEDS = 1_000

/** The seed that found a bug the last time it was searched for, then all of them. */
function* seedsFor(bug: string): Iterable<number> {
  const known = process.env.SEARCH ? undefined : seedsThatFind[bug]
  if (known !== undefined) yield known
  for (let seed = 1; seed <= MOST_SEEDS; seed++) yield seed
}

const found: string[] = []
afterAll(() => console.log(`planted bug → seed that finds it\n${found.join('\n')}`))

test('there are enough of them, and most are not about the store', () => {
  const { store, rules, ...others } = bugsByPlace
  expect(Object.keys(plantedBugs).length).toBeGreaterThanOrEqual(40)
  expect(Object.keys(Object.assign({}, ...Object.values(others))).length * 2).toBeGreaterThanOrEqual(
    Object.keys(plantedBugs).length,
  )
})

describe.each(Object.entries(bugsByPlace))('in %s', (place, bugs) => {
  test.each(Object.entries(bugs))('%s', { timeout: 300_000 }, async (name, bug) => {
    for (const seed of seedsFor(name)) {
      const failure = await runHistory(seed, bug).then(
        () => undefined,
        (error: Error) => error.message,
      )
      if (failure === undefined) continue
      found.push(`${place} ${seed} ${name}`)
      return expect(failure).toMatch(/^seed \d+: /)
    }
    expect.fail(`not found within ${MOST_SEEDS} seeds`)
  })
})
