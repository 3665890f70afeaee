import { expect, test } from 'vitest'
import { runHistory } from '../simulation/history.ts'
import { checkEditions, Rebuilder } from './rebuilder.ts'

const HISTORIES = Number(process.env.HISTORIES ?? 200)
const FIRST_SEED = Number(process.env.SEED ?? 1)

test(`${HISTORIES} histories from seed ${FIRST_SEED} keep every promise while views are rebuilt, whatever goes wrong`, {
  timeout: 600_000,
}, async () => {
  let switches = 0
  for (let seed = FIRST_SEED; seed < FIRST_SEED + HISTORIES; seed++) {
    await runHistory(seed, {}, {}, (wire, system) => {
      const rebuilder = new Rebuilder(wire, system)
      return {
        misfortune: () => rebuilder.misfortune(),
        finish: () => rebuilder.finish(),
        settled: () => rebuilder.settled,
        check: () => {
          checkEditions(system)
          switches += rebuilder.switches
        },
      }
    })
  }
  console.log(`${switches} switches`)
  expect(switches).toBeGreaterThan(HISTORIES * 4)
})
