import { runScenario } from '@remit/simulator/run'
import { expect, test } from 'vitest'
import { runProgram } from '../run-program.ts'
import { remit } from './remit.ts'
import { accountsIn, WaryReaders } from './wary-readers.ts'

/** `READS=10000 vitest run test/flow/rebuild.test.ts` is the long run. */
const READS = Number(process.env.READS ?? 1_000)
const ACCOUNTS = 40
const READERS = 3
const VIEWS = ['accounts', 'transfers', 'operations', 'owners']

const { running, crowd, person } = remit()

/** Runs a console program against the running system, and says what it printed. */
function run(name: string, ...args: string[]): Promise<string> {
  return runProgram(`packages/${name}/src/main.ts`, '--connection', running().cosmos, ...args)
}

test(`views are rebuilt, switched and rolled back during a crowd: ${READS} reads, none wrong`, {
  timeout: 120_000 + READS * 30,
}, async () => {
  const { olga } = await crowd()
  const { address, cosmos } = running()
  let over = false
  const paying = async () => {
    for (let seed = 1; !over; seed++) {
      const verdict = await runScenario({
        scenario: 'crowd',
        address,
        seed,
        accounts: ACCOUNTS,
        transfers: 300,
        concurrency: 5,
      })
      expect(verdict.firstDifferences).toEqual([])
    }
  }
  const crowds = paying()
  const readers = new WaryReaders(olga, await accountsIn(cosmos, ACCOUNTS), owner => person(owner, 'user'))
  const reading = readers.read(READERS, () => over)
  const rebuilt: string[] = []
  try {
    for (let round = 0; round < 1 || readers.reads < READS; round++) {
      for (const view of VIEWS) {
        rebuilt.push(await run('rebuild', view, '--wait', '2'))
        if (view === 'accounts') await run('rebuild', view, '--rollback')
      }
    }
  } finally {
    over = true
    await Promise.all([crowds, reading])
  }
  await readers.compare(cosmos)
  console.log(`${readers.reads} reads, ${rebuilt.length} rebuilds. ${rebuilt[0]}`)
  expect(readers.wrong.slice(0, 10)).toEqual([])
  for (const said of rebuilt) expect(said).toContain('Readers see')
  expect(await run('rebuild')).toMatch(/^accounts: accounts(-b)? is read, accounts(-b)? is kept\n/)
  const verdict = async () => run('verify').catch(String)
  await expect.poll(verdict, { timeout: 30_000, interval: 1_000 }).toContain('Everything fits together.')
  expect(await run('rebuild', 'accounts', '--drop', '--wait', '2')).toContain('is no longer kept, and empty')
  await expect(run('rebuild', 'accounts', '--rollback')).rejects.toThrow('No other edition of accounts is kept.')
  await expect(run('rebuild', 'details')).rejects.toThrow('Allowed choices are accounts')
  expect(await run('verify')).toContain('Everything fits together.')
})
