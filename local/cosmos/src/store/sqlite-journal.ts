import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import type { JsonObject } from '../json.ts'
import { Container, type ContainerRecord } from './container.ts'
import type { Entry } from './entry.ts'
import type { DatabaseRecord, Journal } from './journal.ts'
import type { Range } from './range.ts'

const schema = `
  CREATE TABLE IF NOT EXISTS databases (number INTEGER PRIMARY KEY, record TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS containers (number INTEGER PRIMARY KEY, record TEXT NOT NULL, sequence INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS ranges (container INTEGER, id TEXT, lsn INTEGER NOT NULL, PRIMARY KEY (container, id)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS items (
    key INTEGER PRIMARY KEY, id TEXT NOT NULL, partition TEXT NOT NULL, lsn INTEGER NOT NULL, ts INTEGER NOT NULL,
    etag TEXT NOT NULL, ttl INTEGER, text TEXT NOT NULL);
`
/** An item's row key is container number and sequence in one integer, so that new items are appended to the table. */
const sequencesPerContainer = 2 ** 32

/**
 * Group commit into SQLite: all writes of two turns of the event loop share a transaction, and are acknowledged after
 * it. Two turns take no time when little is asked, and under load they halve the number of commits.
 * WAL with synchronous=NORMAL: a commit is in the operating system's hands, so it survives a killed process; a power
 * failure may lose the last commits (but not order or integrity). FULL would cost an fsync per commit, for a machine
 * whose power does not fail during a test. The log is folded into the file every 1,000 pages, which is SQLite's default:
 * all callers wait meanwhile, and with larger logs they wait longer. The file is locked for one process: all state is also held in memory.
 */
export class SqliteJournal implements Journal {
  private readonly db: DatabaseSync
  private readonly items = new Map<Entry, Container>()
  private readonly ranges = new Map<Range, Container>()
  private readonly others: (() => void)[] = []
  private waiting: Promise<void> | undefined
  private readonly statements

  /** @param folder is created if need be. Throws if another process has it open. */
  constructor(folder: string) {
    mkdirSync(folder, { recursive: true })
    // Loaded only where it is used, because Node warns that it is experimental.
    const sqlite = process.getBuiltinModule('node:sqlite')
    this.db = new sqlite.DatabaseSync(join(folder, 'cosmos.sqlite'))
    this.db.exec('PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL')
    this.db.exec(schema)
    this.statements = {
      saveItem: this.db.prepare('INSERT OR REPLACE INTO items VALUES (?, ?, ?, ?, ?, ?, ?, ?)'),
      deleteItem: this.db.prepare('DELETE FROM items WHERE key = ?'),
      saveRange: this.db.prepare('INSERT OR REPLACE INTO ranges VALUES (?, ?, ?)'),
      saveSequence: this.db.prepare('UPDATE containers SET sequence = ? WHERE number = ?'),
    }
  }

  saveDatabase(record: DatabaseRecord): void {
    const text = JSON.stringify(record)
    this.later(() => this.db.prepare('INSERT OR REPLACE INTO databases VALUES (?, ?)').run(record.number, text))
  }

  deleteDatabase(record: DatabaseRecord): void {
    this.later(() => this.db.prepare('DELETE FROM databases WHERE number = ?').run(record.number))
  }

  saveContainer(container: Container): void {
    const { record, sequence } = container
    const text = JSON.stringify(record)
    this.later(() =>
      this.db.prepare('INSERT OR REPLACE INTO containers VALUES (?, ?, ?)').run(record.number, text, sequence),
    )
  }

  deleteContainer(container: Container): void {
    const { number } = container.record
    for (const [entry, owner] of this.items) if (owner === container) this.items.delete(entry)
    for (const [range, owner] of this.ranges) if (owner === container) this.ranges.delete(range)
    const first = number * sequencesPerContainer
    this.later(() => {
      this.db.prepare('DELETE FROM containers WHERE number = ?').run(number)
      this.db.prepare('DELETE FROM ranges WHERE container = ?').run(number)
      this.db.prepare('DELETE FROM items WHERE key >= ? AND key < ?').run(first, first + sequencesPerContainer)
    })
  }

  saveItem(container: Container, entry: Entry): void {
    this.items.set(entry, container)
    this.schedule()
  }

  saveRange(container: Container, range: Range): void {
    this.ranges.set(range, container)
    this.schedule()
  }

  settled(): Promise<void> | undefined {
    return this.waiting
  }

  close(): void {
    if (this.waiting !== undefined) this.flush()
    this.db.close()
  }

  databases(): DatabaseRecord[] {
    return this.db
      .prepare('SELECT record FROM databases ORDER BY number')
      .all()
      .map(row => JSON.parse(String(row.record)))
  }

  /** Every container with its items, as of the last commit. */
  containers(): Container[] {
    return this.db
      .prepare('SELECT number, record, sequence FROM containers ORDER BY number')
      .all()
      .map(row => {
        const container = new Container(JSON.parse(String(row.record)) as ContainerRecord)
        this.loadRanges(container)
        this.loadItems(container)
        container.sequence = Math.max(container.sequence, Number(row.sequence))
        return container
      })
  }

  private loadRanges(container: Container): void {
    for (const row of this.db
      .prepare('SELECT id, lsn FROM ranges WHERE container = ?')
      .iterate(container.record.number)) {
      const range = container.ranges.find(candidate => candidate.id === row.id)
      if (range !== undefined) range.lsn = Number(row.lsn)
    }
  }

  private loadItems(container: Container): void {
    const first = container.record.number * sequencesPerContainer
    const rows = this.db.prepare('SELECT * FROM items WHERE key >= ? AND key < ? ORDER BY key')
    const entries: Entry[] = []
    for (const row of rows.iterate(first, first + sequencesPerContainer)) {
      const partition = container.partitionOrNew(JSON.parse(String(row.partition)))
      const entry: Entry = {
        sequence: Number(row.key) - first,
        id: String(row.id),
        partition,
        lsn: Number(row.lsn),
        ts: Number(row.ts),
        etag: String(row.etag),
        ttl: row.ttl === null ? undefined : Number(row.ttl),
        text: String(row.text),
        body: undefined as JsonObject | undefined,
        alive: true,
      }
      container.restore(entry)
      entries.push(entry)
    }
    entries.sort((a, b) => a.lsn - b.lsn || a.sequence - b.sequence)
    for (const entry of entries) entry.partition.range.record(entry.lsn, [entry])
  }

  private later(write: () => void): void {
    this.others.push(write)
    this.schedule()
  }

  private schedule(): void {
    if (this.waiting !== undefined) return
    this.waiting = new Promise((resolve, reject) => {
      const commit = () => {
        try {
          this.flush()
          resolve()
        } catch (error) {
          reject(error)
        }
      }
      setImmediate(() => setImmediate(commit))
    })
    // The requests of these turns await the same promise; without any of them a rejection must not end the process.
    this.waiting.catch(() => undefined)
  }

  private flush(): void {
    this.waiting = undefined
    const containers = new Set<Container>()
    const { saveItem, deleteItem, saveRange, saveSequence } = this.statements
    try {
      this.db.exec('BEGIN')
      for (const write of this.others) write()
      for (const [entry, container] of this.items) {
        const key = container.record.number * sequencesPerContainer + entry.sequence
        containers.add(container)
        if (!entry.alive) deleteItem.run(key)
        else
          saveItem.run(
            key,
            entry.id,
            entry.partition.text,
            entry.lsn,
            entry.ts,
            entry.etag,
            entry.ttl ?? null,
            entry.text,
          )
      }
      for (const [range, container] of this.ranges) saveRange.run(container.record.number, range.id, range.lsn)
      for (const container of containers) saveSequence.run(container.sequence, container.record.number)
      this.db.exec('COMMIT')
    } catch (error) {
      if (this.db.isTransaction) this.db.exec('ROLLBACK')
      throw error
    } finally {
      this.others.length = 0
      this.items.clear()
      this.ranges.clear()
    }
  }
}
