import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** Where pending events and dead letters are kept. A committed row survives a killed process. */
export interface Database {
  readonly sqlite: DatabaseSync
  /** All of it, or nothing. */
  atomically<T>(work: () => T): T
  close(): void
}

/** Each brings a file of the version before it up to its own; the file knows how many it has seen. */
const migrations = [
  `CREATE TABLE IF NOT EXISTS pending (
    id INTEGER PRIMARY KEY AUTOINCREMENT, topic TEXT NOT NULL, subscription TEXT NOT NULL, event TEXT NOT NULL,
    published INTEGER NOT NULL, attempts INTEGER NOT NULL, due INTEGER NOT NULL, lastOutcome TEXT)`,
  `ALTER TABLE pending ADD COLUMN eventId TEXT NOT NULL DEFAULT '';
   ALTER TABLE pending ADD COLUMN lastAttempt INTEGER;
   UPDATE pending SET eventId = json_extract(event, '$.id');
   CREATE INDEX pendingByDue ON pending (topic, subscription, due);
   CREATE TABLE dead (
     id INTEGER PRIMARY KEY AUTOINCREMENT, topic TEXT NOT NULL, subscription TEXT NOT NULL, event TEXT NOT NULL,
     eventId TEXT NOT NULL, published INTEGER NOT NULL, attempts INTEGER NOT NULL, lastOutcome TEXT,
     lastAttempt INTEGER, reason TEXT NOT NULL, died INTEGER NOT NULL, due INTEGER, blob TEXT, lost TEXT);
   CREATE INDEX deadByDue ON dead (due) WHERE due IS NOT NULL;
   CREATE INDEX deadByTopic ON dead (topic, id);
   CREATE INDEX deadFinished ON dead (topic, id) WHERE due IS NULL;`,
]

/** @param folder without it nothing is kept. */
export function openDatabase(folder: string | undefined): Database {
  if (folder !== undefined) mkdirSync(folder, { recursive: true })
  const sqlite = new DatabaseSync(folder === undefined ? ':memory:' : join(folder, 'event-grid.db'))
  sqlite.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL')

  function atomically<T>(work: () => T): T {
    sqlite.exec('BEGIN')
    try {
      const result = work()
      sqlite.exec('COMMIT')
      return result
    } catch (error) {
      sqlite.exec('ROLLBACK')
      throw error
    }
  }

  const version = Number(sqlite.prepare('PRAGMA user_version').get()?.user_version ?? 0)
  atomically(() => {
    for (const migration of migrations.slice(version)) sqlite.exec(migration)
    sqlite.exec(`PRAGMA user_version = ${migrations.length}`)
  })
  return { sqlite, atomically, close: () => sqlite.close() }
}
