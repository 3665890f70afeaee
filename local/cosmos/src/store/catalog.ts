import type { StatementSync } from 'node:sqlite'
import { Container, type ContainerRecord, type Throughput } from './container.ts'
import type { Range } from './range.ts'
import type { Storage } from './storage.ts'

export type DatabaseRecord = {
  number: number
  rid: string
  id: string
  etag: string
  ts: number
  throughput?: Throughput
}

const tables = `
  CREATE TABLE IF NOT EXISTS databases (number INTEGER PRIMARY KEY, record TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS containers (number INTEGER PRIMARY KEY, record TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS ranges (
    container INTEGER, id TEXT, lsn INTEGER NOT NULL, size INTEGER NOT NULL, changes INTEGER NOT NULL,
    PRIMARY KEY (container, id)) WITHOUT ROWID;`

const statementTexts = {
  saveDatabase: 'INSERT OR REPLACE INTO databases VALUES (?, ?)',
  deleteDatabase: 'DELETE FROM databases WHERE number = ?',
  saveContainer: 'INSERT OR REPLACE INTO containers VALUES (?, ?)',
  deleteContainer: 'DELETE FROM containers WHERE number = ?',
  saveRange: 'INSERT OR REPLACE INTO ranges VALUES (?, ?, ?, ?, ?)',
  deleteRanges: 'DELETE FROM ranges WHERE container = ?',
  databases: 'SELECT record FROM databases ORDER BY number',
  containers: 'SELECT record FROM containers ORDER BY number',
  ranges: 'SELECT id, lsn, size, changes FROM ranges WHERE container = ?',
}

/** What databases, containers and ranges there are. */
export class Catalog {
  private readonly storage: Storage
  private readonly statements: Record<keyof typeof statementTexts, StatementSync>

  constructor(storage: Storage) {
    this.storage = storage
    storage.execute(tables)
    const texts = Object.entries(statementTexts).map(([name, sql]) => [name, storage.prepare(sql)])
    this.statements = Object.fromEntries(texts)
  }

  saveDatabase(record: DatabaseRecord): void {
    this.storage.begin()
    this.statements.saveDatabase.run(record.number, JSON.stringify(record))
  }

  deleteDatabase({ number }: DatabaseRecord): void {
    this.storage.begin()
    this.statements.deleteDatabase.run(number)
  }

  newContainer(record: ContainerRecord): Container {
    const container = new Container(record, this.storage, this)
    this.saveContainer(container)
    return container
  }

  saveContainer({ record }: Container): void {
    this.storage.begin()
    this.statements.saveContainer.run(record.number, JSON.stringify(record))
  }

  deleteContainer(container: Container): void {
    const { number } = container.record
    this.storage.begin()
    this.statements.deleteContainer.run(number)
    this.statements.deleteRanges.run(number)
    for (const range of container.ranges) this.storage.forget(range)
    container.drop()
  }

  /**
   * Counters change with every write; they are written once for all that are committed together. How many changes there were
   * in the whole container stands with the range that was written last.
   */
  saveCounters(container: Container, range: Range): void {
    this.storage.beforeCommit(range, () => {
      const { id, lsn, size } = range
      this.statements.saveRange.run(container.record.number, id, lsn, size, container.changes)
    })
  }

  databases(): DatabaseRecord[] {
    return this.statements.databases.all().map(row => JSON.parse(String(row.record)))
  }

  containers(): Container[] {
    return this.statements.containers.all().map(row => {
      const container = new Container(JSON.parse(String(row.record)) as ContainerRecord, this.storage, this)
      for (const { id, lsn, size, changes } of this.statements.ranges.all(container.record.number)) {
        const range = container.ranges.find(range => range.id === id)
        if (range !== undefined) Object.assign(range, { lsn, size })
        container.changes = Math.max(container.changes, Number(changes))
      }
      return container
    })
  }
}
