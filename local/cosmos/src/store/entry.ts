import type { JsonObject } from '../json.ts'

/** One version of a stored item. Its text is what readers get; the parsed body is made when somebody first wants it. */
export type Entry = {
  /** Order of creation in the container; the last bytes of `_rid`. */
  readonly sequence: number
  readonly id: string
  /** Effective partition key, where the item lies on the ring. */
  readonly epk: string
  /** Partition key value as JSON text. */
  readonly partition: string
  /** LSN of the range when this version was written. */
  readonly lsn: number
  /** Order of the last change in the container. Creations and changes share one count, so of a new item it is the sequence. */
  readonly change: number
  /** `_ts`, whole seconds. */
  readonly ts: number
  readonly etag: string
  /** The item's own `ttl` in seconds. */
  readonly ttl: number | undefined
  readonly text: string
  body?: JsonObject
}

/** The parsed item. Callers must not change it. */
export function bodyOf(entry: Entry): JsonObject {
  entry.body ??= JSON.parse(entry.text) as JsonObject
  return entry.body
}
