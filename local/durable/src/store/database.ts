import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'

/** One task hub's file. */
export interface Database {
  prepare(sql: string): StatementSync
  /** Runs `work` as one transaction: all of it is stored or nothing. */
  atomically<T>(work: () => T): T
  close(): void
}

export interface DatabaseOptions {
  /** Without it nothing outlives the process. */
  folder?: string | undefined
  taskHub: string
  /** Called after every transaction. */
  onCommit?: (() => void) | undefined
}

/** What a hub remembers. The names are a public contract: a file of an older version is read by a newer one. */
const tables = `
  CREATE TABLE IF NOT EXISTS instances (
    id TEXT PRIMARY KEY, execution TEXT NOT NULL, name TEXT NOT NULL, status TEXT NOT NULL, input TEXT, output TEXT,
    customStatus TEXT, created INTEGER NOT NULL, updated INTEGER NOT NULL, version TEXT, parent TEXT) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS history (
    instance TEXT, number INTEGER, event TEXT NOT NULL, PRIMARY KEY (instance, number)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS inbox (
    number INTEGER PRIMARY KEY AUTOINCREMENT, instance TEXT NOT NULL, execution TEXT, due INTEGER NOT NULL,
    control INTEGER NOT NULL, event TEXT NOT NULL);
  CREATE INDEX IF NOT EXISTS inboxByInstance ON inbox (instance, due, number);
  CREATE INDEX IF NOT EXISTS inboxByDue ON inbox (due, number);
  CREATE TABLE IF NOT EXISTS activities (
    number INTEGER PRIMARY KEY AUTOINCREMENT, instance TEXT NOT NULL, execution TEXT NOT NULL, task INTEGER NOT NULL,
    name TEXT NOT NULL, input TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS entities (id TEXT PRIMARY KEY, state TEXT NOT NULL) WITHOUT ROWID;`

export function openDatabase({ folder, taskHub, onCommit }: DatabaseOptions): Database {
  if (folder !== undefined) mkdirSync(folder, { recursive: true })
  const database = new DatabaseSync(folder === undefined ? ':memory:' : join(folder, `${taskHub.toLowerCase()}.db`))
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL')
  database.exec(tables)
  return {
    prepare: sql => database.prepare(sql),
    atomically(work) {
      database.exec('BEGIN IMMEDIATE')
      let result: ReturnType<typeof work>
      try {
        result = work()
        database.exec('COMMIT')
      } catch (error) {
        database.exec('ROLLBACK')
        throw error
      }
      onCommit?.()
      return result
    },
    close: () => database.close(),
  }
}
