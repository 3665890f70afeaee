import type { Container } from './container.ts'
import type { Entry } from './entry.ts'
import type { Range } from './range.ts'

export type DatabaseRecord = {
  number: number
  rid: string
  id: string
  etag: string
  ts: number
  throughput?: { manual: number } | { autoscaleMax: number }
}

/** Where writes go so that they survive the process. Nothing is acknowledged before `settled` resolves. */
export interface Journal {
  saveDatabase(record: DatabaseRecord): void
  deleteDatabase(record: DatabaseRecord): void
  saveContainer(container: Container): void
  deleteContainer(container: Container): void
  saveItem(container: Container, entry: Entry): void
  saveRange(container: Container, range: Range): void
  /** Resolves when everything noted so far is durable; undefined if nothing is waiting. Rejects if it could not be kept. */
  settled(): Promise<void> | undefined
  close(): void
}

const nothing = () => undefined

/** Keeps nothing: for tests, and for a server without a data folder. */
export const memoryJournal: Journal = {
  saveDatabase: nothing,
  deleteDatabase: nothing,
  saveContainer: nothing,
  deleteContainer: nothing,
  saveItem: nothing,
  saveRange: nothing,
  settled: nothing,
  close: nothing,
}
