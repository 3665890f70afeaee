// Stored names: the members below are written to the events container and read for ever.

import { digestOf } from '@remit/domain/digest'
import { z } from 'zod'

const actor = z.object({ kind: z.string(), id: z.string() })

export const outcome = z.object({
  commandId: z.string(),
  type: z.string(),
  hash: z.string(),
  result: z.enum(['applied', 'refused', 'no_effect']),
  reason: z.string().optional(),
  actor,
  /** When the command was sent. */
  at: z.string(),
  correlationId: z.string(),
  causationId: z.string().optional(),
  traceparent: z.string().optional(),
  /** The command's data, for everything not applied: no event tells it. */
  data: z.unknown().optional(),
})
export type Outcome = z.infer<typeof outcome>

export const recordedEvent = z.object({
  version: z.int(),
  type: z.string(),
  data: z.unknown(),
  commandId: z.string(),
})
export type RecordedEvent = z.infer<typeof recordedEvent>

/** One append: an item of the events container, created once and never touched again. */
export const append = z.object({
  /** The number of the append within its stream, zero-padded: the expected version. */
  id: z.string().regex(/^\d{12}$/),
  streamId: z.string(),
  /** Versions of the first and last event in it; without events `to` is `from - 1`. */
  from: z.int(),
  to: z.int(),
  events: z.array(recordedEvent),
  outcomes: z.array(outcome),
  /**
   * Ids of commands that wait from now on, in their order. The first could not be handled; the others might depend on
   * it. An id may be queued again by somebody who did not know: it waits once.
   */
  queued: z.array(z.string()).optional(),
  at: z.string(),
  actor,
  correlationId: z.string(),
  causationId: z.string().optional(),
  traceparent: z.string().optional(),
  after: z.object({
    /** The name of the fold that made `state`; another name means: fold from the start. */
    reducer: z.string(),
    state: z.unknown(),
    /** The newest `_ts` of all commands answered so far, in seconds. */
    lastTs: z.number(),
    /** Ids answered in the second `lastTs`, and those of this append. */
    recent: z.array(z.string()),
    /** `recent` does not name all ids of its second: it was full. */
    overflow: z.boolean().optional(),
    /** Commands of this stream wait: since which append, and the one that could not be handled. */
    parked: z.object({ since: z.int(), first: z.string() }).optional(),
  }),
  /** Hash of the append before this one; of the first, an empty text. */
  previousHash: z.string(),
  /** SHA-256 over the canonical JSON of all members above. */
  hash: z.string(),
})
export type Append = z.infer<typeof append>

const DIGITS = 12

/** The id of append number `n`, counted from 1. Sorted as text, ids are in order. */
export function appendId(n: number): string {
  return String(n).padStart(DIGITS, '0')
}

export function appendNumber(id: string): number {
  return Number(id)
}

/** Closes an append: adds the hash over everything in it, which includes the hash of the append before. */
export function sealed(item: Omit<Append, 'hash'>): Append {
  return { ...item, hash: digestOf(item) }
}
