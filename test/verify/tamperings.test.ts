import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { handHere } from '@remit/verify/crew'
import { lineOf } from '@remit/verify/finding'
import type { HeadFile } from '@remit/verify/heads'
import { createHeadFile, type Heads, readHeadFile } from '@remit/verify/heads'
import { type Verdict, verify } from '@remit/verify/verify'
import { afterAll, expect, test } from 'vitest'
import { randomFrom } from './made-history.ts'
import { memorySource, type StoredItems, storedHistory } from './stored-items.ts'
import { type Tampering, tamper } from './tamperings.ts'

// How many random tamperings; by hand: TAMPERINGS=10000.
const RUNS = Number(process.env.TAMPERINGS ?? 300)
const SEEDS = 5
const KEY = 'a key for this test only'

const folder = mkdtempSync(join(tmpdir(), 'remit-heads-'))
afterAll(() => rmSync(folder, { recursive: true }))

function check(items: StoredItems, more: { heads?: HeadFile; against?: Heads } = {}): Promise<Verdict> {
  const source = memorySource(items)
  return verify(source, {
    hands: options => [handHere(source, options), handHere(source, options)],
    key: 'fingerprints of this test',
    now: () => Date.UTC(2027, 0, 1),
    grace: 60_000,
    progress: () => {},
    ...more,
  })
}

async function exported(items: StoredItems, name: string): Promise<string> {
  const file = join(folder, name)
  const heads = createHeadFile(file, KEY, { account: 'memory', at: '2027-01-01T00:00:00.000Z' })
  await check(items, { heads })
  await heads.close()
  return file
}

test('a history that nobody touched fits together', async () => {
  for (let seed = 1; seed <= SEEDS; seed++) {
    const items = storedHistory(seed)
    const against = await readHeadFile(await exported(items, `whole-${seed}`), KEY)
    const { findings, figures, money } = await check(items, { against })
    expect(findings.list).toEqual([])
    expect(money.there).toBe(money.should)
    expect(figures).toMatchObject({ behind: 0, moving: 0, waiting: 0, parked: 0 })
  }
})

test(`${RUNS} random tamperings are found and named`, { timeout: RUNS * 200 }, async () => {
  const files = []
  for (let seed = 0; seed < SEEDS; seed++) files.push(await exported(storedHistory(seed), `seed-${seed}`))
  const missed: unknown[] = []
  const seen: Record<string, number> = {}
  const whole = files.map((_, seed) => JSON.stringify(storedHistory(seed)))
  for (let run = 0; run < RUNS; run++) {
    const random = randomFrom(run)
    let tampering: Tampering | undefined
    let items = JSON.parse(whole[run % SEEDS] ?? '') as StoredItems
    while (tampering === undefined) {
      items = JSON.parse(whole[run % SEEDS] ?? '') as StoredItems
      tampering = tamper(items, random)
    }
    const against = tampering.needsExport ? await readHeadFile(files[run % SEEDS] ?? '', KEY) : undefined
    const { findings } = await check(items, against ? { against } : {})
    seen[tampering.what] = (seen[tampering.what] ?? 0) + 1
    const [first] = findings.list
    if (!first || !isNamed(findings.list[0], tampering))
      missed.push({ run, ...tampering, first: first && lineOf(first) })
  }
  console.log(seen)
  expect(missed).toEqual([])
})

type Named = { readonly container: string; readonly partition: string; readonly id: string }

/** The very item, or the stream it was in. */
function isNamed(finding: Named | undefined, { container, partition, id }: Tampering): boolean {
  if (finding === undefined) return false
  const sameItem = finding.id === id && finding.container === container
  const samePlace = finding.partition === partition
  return sameItem || samePlace
}

test('an export is believed only under its key and as it was written', async () => {
  const file = await exported(storedHistory(1), 'signed')
  await expect(readHeadFile(file, 'another key, just as long')).rejects.toThrow('not signed')
})
