import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** One event on its way to one subscription. */
export interface Pending {
  id: number
  topic: string
  subscription: string
  /** The event as JSON. */
  event: string
  /** When it was published, in milliseconds since 1970. */
  published: number
  /** How often it was tried. */
  attempts: number
  /** When it is tried next. */
  due: number
  lastOutcome: string | null
}

/** What is still to be delivered. A committed row survives a killed process. */
export interface PendingStore {
  /** Stores all or none, and gives each its id. */
  add(pending: Omit<Pending, 'id'>[]): Pending[]
  update(pending: Pending): void
  remove(ids: number[]): void
  all(): Pending[]
  close(): void
}

/** @param folder without it nothing is kept. */
export function openPendingStore(folder: string | undefined): PendingStore {
  if (folder !== undefined) mkdirSync(folder, { recursive: true })
  const database = new DatabaseSync(folder === undefined ? ':memory:' : join(folder, 'event-grid.db'))
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL')
  database.exec(`CREATE TABLE IF NOT EXISTS pending (
    id INTEGER PRIMARY KEY AUTOINCREMENT, topic TEXT NOT NULL, subscription TEXT NOT NULL, event TEXT NOT NULL,
    published INTEGER NOT NULL, attempts INTEGER NOT NULL, due INTEGER NOT NULL, lastOutcome TEXT)`)
  const insert = database.prepare(
    'INSERT INTO pending (topic, subscription, event, published, attempts, due, lastOutcome) VALUES (?, ?, ?, ?, ?, ?, ?)',
  )
  const change = database.prepare('UPDATE pending SET attempts = ?, due = ?, lastOutcome = ? WHERE id = ?')
  const remove = database.prepare('DELETE FROM pending WHERE id = ?')

  function atomically<T>(work: () => T): T {
    database.exec('BEGIN')
    try {
      const result = work()
      database.exec('COMMIT')
      return result
    } catch (error) {
      database.exec('ROLLBACK')
      throw error
    }
  }

  return {
    add: pending =>
      atomically(() =>
        pending.map(one => {
          const { topic, subscription, event, published, attempts, due, lastOutcome } = one
          const added = insert.run(topic, subscription, event, published, attempts, due, lastOutcome)
          return { ...one, id: Number(added.lastInsertRowid) }
        }),
      ),
    update: ({ attempts, due, lastOutcome, id }) => void change.run(attempts, due, lastOutcome, id),
    remove: ids => atomically(() => ids.forEach(id => void remove.run(id))),
    all: () => database.prepare('SELECT * FROM pending ORDER BY id').all() as unknown as Pending[],
    close: () => database.close(),
  }
}
