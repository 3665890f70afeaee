import type { FaultKind } from './faults.ts'
import type { Random } from './random.ts'
import type { Process, Scheduler } from './scheduler.ts'

/**
 * Decides whether something goes wrong now; `who` is the process whose I/O it would be. Where it does not matter, nobody
 * could tell whether it did.
 */
export type FaultSource = { readonly happens: (kind: FaultKind, who?: Process, matters?: boolean) => boolean }

/** What connects everything in one world: when things happen, and what goes wrong. */
export type Wire = { readonly scheduler: Scheduler; readonly random: Random; readonly faults: FaultSource }
