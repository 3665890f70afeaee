import type { JsonObject } from '../json.ts'
import type { Partition } from './partition.ts'

/** A stored item. Its text is what readers get; the parsed body is made when a query first wants it. */
export type Entry = {
  /** Order of creation in the container; the last bytes of `_rid`. */
  readonly sequence: number
  readonly id: string
  readonly partition: Partition
  /** LSN of the range when this version was written. */
  lsn: number
  /** `_ts`, whole seconds. */
  ts: number
  etag: string
  /** The item's own `ttl` in seconds. */
  ttl: number | undefined
  text: string
  body: JsonObject | undefined
  alive: boolean
}

/** The parsed item. Callers must not change it. */
export function bodyOf(entry: Entry): JsonObject {
  entry.body ??= JSON.parse(entry.text) as JsonObject
  return entry.body
}
