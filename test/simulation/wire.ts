import type { FaultKind } from './faults.ts'
import type { Random } from './random.ts'
import type { Process, Scheduler } from './scheduler.ts'

/** Decides whether something goes wrong now; `who` is the process whose I/O it would be. */
export type FaultSource = { readonly happens: (kind: FaultKind, who?: Process) => boolean }

/** What connects everything in one world: when things happen, and what goes wrong. */
export type Wire = { readonly scheduler: Scheduler; readonly random: Random; readonly faults: FaultSource }
