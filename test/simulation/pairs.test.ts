import { afterAll, expect, test } from 'vitest'
import { flows } from './flows.ts'
import { type Planned, readyFor, runFlow } from './pairs.ts'

const counts: string[] = []
afterAll(() => console.log(`flow: single faults, ordered pairs of faults\n${counts.join('\n')}`))

test.each(flows)('$name: every fault, and every fault after it, at every I/O', { timeout: 1_800_000 }, async flow => {
  const before = await readyFor(flow)
  const singles = await runFlow(flow, [], before)
  let pairs = 0
  for (const first of singles) {
    const chances = await runFlow(flow, [first], before)
    for (const second of after(chances, first)) {
      await runFlow(flow, [first, second], before)
      pairs += 1
    }
  }
  counts.push(`${flow.name}: ${singles.length}, ${pairs}`)
  expect(pairs).toBeGreaterThan(singles.length)
})

/** The chances that come after one. */
function after(chances: readonly Planned[], one: Planned): readonly Planned[] {
  return chances.slice(chances.indexOf(one) + 1)
}
