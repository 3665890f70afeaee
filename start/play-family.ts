import { runScenario } from '@remit/simulator/run'
import type { RunningSystem } from './system.ts'
import { printed, timelineOf } from './timeline.ts'
import { watchTransfers } from './watch-transfers.ts'

/** Plays the family scenario once, so that there is something to look at, and prints the way of one transfer. */
export async function playFamily(system: RunningSystem, print: (line: string) => void): Promise<void> {
  const watch = watchTransfers(system.cosmos)
  const verdict = await runScenario({ scenario: 'family', address: system.address, print })
  const sightings = await watch.stop()
  const [transfer] = verdict.transfers
  if (transfer === undefined) return
  print('')
  print(`The way of one transfer, ${transfer}:`)
  for (const line of printed(await timelineOf(system.cosmos, transfer, sightings))) print(line)
  print('')
}
