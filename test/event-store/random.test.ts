import { type Documents, StoreUnavailable } from '@remit/documents/documents'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { implementations } from '../documents/stores.ts'
import { type Counter, type CounterCommand, command, done, instance, stored } from './counter.ts'
import { expectWhole } from './whole-stream.ts'
import { type Fate, fated } from './wires.ts'

const STREAMS = ['s0', 's1', 's2']

const someCommands = fc
  .array(
    fc.record({
      stream: fc.constantFrom(...STREAMS),
      type: fc.constantFrom('Add' as const, 'Add' as const, 'Reset' as const, 'Burst' as const),
      by: fc.constantFrom(1, 2, 0, 300, 700, 40),
      second: fc.integer({ min: 0, max: 12 }),
      drift: fc.constantFrom(0, 0, 0, 59, 61, 100_000),
    }),
    { minLength: 1, maxLength: 40 },
  )
  .map(all => all.map((told, n) => command(`c${n}`, { ...told, by: Math.max(told.by, told.type === 'Burst' ? 1 : 0) })))

const fates = fc.array(
  fc.constantFrom<Fate>('fine', 'fine', 'fine', 'busy', 'unknown before', 'unknown after', 'echo'),
  { maxLength: 40 },
)

/** Which commands come together, by position; any may come twice, at any time, to either handler. */
const deliveries = fc.array(
  fc.record({
    handler: fc.nat(1),
    positions: fc.array(fc.nat(), { minLength: 1, maxLength: 12 }),
    together: fc.boolean(),
  }),
  { maxLength: 14 },
)

const delays = fc.array(fc.nat(3), { maxLength: 60 })
const silences = fc.array(fc.boolean(), { maxLength: 40 })
const history = fc.record({ commands: someCommands, fates, deliveries, delays, silences })
type History = typeof history extends fc.Arbitrary<infer Value> ? Value : never

/** The store over a wire that is slow, loses answers, and at times does not answer at all. */
function overTheWire(events: Documents, told: History): Documents {
  const left = { delays: [...told.delays], fates: [...told.fates], silences: [...told.silences] }
  const pause = async () => {
    for (let turns = left.delays.shift() ?? 0; turns > 0; turns--) await Promise.resolve()
  }
  const fateful = fated(events, () => left.fates.shift() ?? 'fine')
  return {
    ...events,
    query: async (partition, query) => {
      await pause()
      if (left.silences.length > 3 && left.silences.shift()) throw new StoreUnavailable('a test says so')
      const found = await events.query(partition, query)
      await pause()
      return found
    },
    writeEach: async writes => {
      await pause()
      const results = await fateful.writeEach(writes)
      await pause()
      return results
    },
  }
}

async function runThrough(events: Documents, told: History): Promise<void> {
  const wire = overTheWire(events, told)
  const handlers = [instance(wire), instance(wire)]
  const deliver = async (handler: number, batch: CounterCommand[]) => {
    const verdicts = await handlers[handler]?.(...batch)
    for (const verdict of verdicts ?? []) expect(verdict.verdict).not.toBe('park')
    const answered = await Promise.all(
      STREAMS.map(async stream => (await stored(events, stream)).flatMap(at => at.outcomes)),
    )
    const known = new Set(answered.flat().map(({ commandId }) => commandId))
    for (const [n, verdict] of verdicts?.entries() ?? []) if (verdict === done) expect(known).toContain(batch[n]?.id)
  }
  let running: Promise<void>[] = []
  for (const { handler, positions, together } of told.deliveries) {
    const batch = positions.map(at => told.commands[at % told.commands.length] as CounterCommand)
    running.push(deliver(handler, batch))
    if (together) continue
    await Promise.all(running)
    running = []
  }
  await Promise.all(running)
  const healed = await instance(events)(...told.commands)
  for (const verdict of healed) expect(verdict).toEqual(done)
}

async function check(events: Documents, told: History): Promise<void> {
  await runThrough(events, told)
  const heads: Counter[] = []
  const answered: string[] = []
  for (const stream of STREAMS) {
    const appends = await stored(events, stream)
    heads.push(expectWhole(appends))
    answered.push(...appends.flatMap(({ outcomes }) => outcomes.map(({ commandId }) => commandId)))
  }
  expect(answered.toSorted()).toEqual(told.commands.map(({ id }) => id).sort())
  expect(heads.every(({ count }) => count >= 0)).toBe(true)
}

test.each([
  ['in memory', 1000],
  ['Cosmos DB, three ranges', 20],
])('%s: whatever comes twice, late, at once or is lost, each command has one outcome', async (name, numRuns) => {
  const stores = await implementations[name]?.()
  if (stores === undefined) throw new Error(`there is no store ${name}`)
  const property = fc.asyncProperty(history, async told => check(await stores.newContainer('streamId'), told))
  await fc.assert(property, { numRuns })
  await stores.close()
})
