import type { Faults } from './faults.ts'
import type { Random } from './random.ts'
import type { Scheduler } from './scheduler.ts'

/** What connects everything in one world: when things happen, and what goes wrong. */
export type Wire = { readonly scheduler: Scheduler; readonly random: Random; readonly faults: Faults }
