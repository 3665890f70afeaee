import { randomUUID } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import type { World } from './ports.ts'

/** Time and chance of the machine: the only place that asks for them. */
export const realWorld: World = {
  now: () => Date.now(),
  sleep: milliseconds => setTimeout(milliseconds),
  randomId: () => randomUUID(),
}
