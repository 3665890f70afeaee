import { describe, expect, test } from 'vitest'
import { runProgram } from '../run-program.ts'
import { faultKinds } from './faults.ts'
import { Failure, runHistory } from './history.ts'
import { plantedBugs } from './planted-bugs.ts'
import { shrink } from './shrink.ts'

const HISTORIES = Number(process.env.HISTORIES ?? 2000)
const FIRST_SEED = Number(process.env.SEED ?? 1)

test(`${HISTORIES} histories from seed ${FIRST_SEED} keep every promise, whatever goes wrong`, {
  timeout: 600_000,
}, async () => {
  const happened = new Set<string>()
  let commands = 0
  for (let seed = FIRST_SEED; seed < FIRST_SEED + HISTORIES; seed++) {
    const history = await runHistory(seed)
    commands += history.commands
    for (const kind of Object.keys(history.faults)) happened.add(kind)
  }
  expect(commands).toBeGreaterThan(HISTORIES * 5)
  if (HISTORIES >= 1000) expect([...happened].sort()).toEqual([...faultKinds].sort())
})

describe('a seed', () => {
  test('tells the same history again', async () => {
    for (const seed of [1, 2, 3, 4, 5]) expect(await runHistory(seed)).toEqual(await runHistory(seed))
  })

  test('tells the same history in another process', async () => {
    const told: unknown[] = []
    for (let seed = 41; seed <= 45; seed++) told.push(await runHistory(seed))
    const printed = await runProgram('test/simulation/main.ts', '--seed', '41', '--histories', '5', '--trace')
    expect(
      printed
        .trim()
        .split('\n')
        .map(line => JSON.parse(line)),
    ).toEqual(told)
  })
})

test('a failing history shrinks to what it takes, and fails the same way a hundred times of a hundred', {
  timeout: 120_000,
}, async () => {
  const bug = plantedBugs['a failed batch is skipped']
  const failure = await firstFailure(bug)
  const shrunk = await shrink(failure, bug)
  expect(shrunk.faults.length).toBeLessThanOrEqual(5)
  expect(shrunk.faults.length).toBeLessThan(failure.faults.length)
  const choices = { faults: new Set(shrunk.faults), actions: shrunk.actions }
  for (let again = 0; again < 100; again++) {
    await expect(runHistory(shrunk.seed, bug, choices)).rejects.toThrow(shrunk.says)
  }
})

async function firstFailure(bug = {}): Promise<Failure> {
  for (let seed = 1; ; seed++) {
    const failure = await runHistory(seed, bug).then(
      () => undefined,
      (error: unknown) => error,
    )
    if (failure instanceof Failure && failure.faults.length > 5) return failure
  }
}
