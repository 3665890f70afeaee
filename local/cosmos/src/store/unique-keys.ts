import type { StatementSync } from 'node:sqlite'
import { isObject, type Json, type JsonObject, propertyOf } from '../json.ts'
import { pathNames } from '../partition-key/definition.ts'
import type { Storage } from './storage.ts'

/** The unique key policy of a container: each set of paths is unique within one partition key value. */
export class UniqueKeys {
  private readonly storage: Storage
  private readonly table: string
  /** The paths of each constraint. */
  private readonly constraints: (readonly string[])[]
  private readonly statements: Record<'owner' | 'claim' | 'release', StatementSync> | undefined

  /** @param number of the container */
  constructor(storage: Storage, number: number, policy: Json | undefined) {
    this.storage = storage
    this.table = `unique_${number}`
    const keys = isObject(policy) && Array.isArray(policy.uniqueKeys) ? policy.uniqueKeys : []
    this.constraints = keys.map(key => (isObject(key) && Array.isArray(key.paths) ? key.paths.map(String) : []))
    if (this.isEmpty) return
    const { table } = this
    storage.execute(`CREATE TABLE IF NOT EXISTS ${table} (
      number INTEGER, value TEXT, sequence INTEGER NOT NULL, PRIMARY KEY (number, value)) WITHOUT ROWID`)
    this.statements = {
      owner: storage.prepare(`SELECT sequence FROM ${table} WHERE number = ? AND value = ?`),
      claim: storage.prepare(`INSERT OR REPLACE INTO ${table} VALUES (?, ?, ?)`),
      release: storage.prepare(`DELETE FROM ${table} WHERE number = ? AND value = ? AND sequence = ?`),
    }
  }

  get isEmpty(): boolean {
    return this.constraints.length === 0
  }

  /** Items of the partition that have the same values as this one. */
  *owners(body: JsonObject, partition: string): Generator<number> {
    for (const [number, value] of this.values(body, partition)) {
      const row = this.statements?.owner.get(number, value)
      if (row !== undefined) yield Number(row.sequence)
    }
  }

  claim(body: JsonObject, partition: string, sequence: number): void {
    for (const [number, value] of this.values(body, partition)) this.statements?.claim.run(number, value, sequence)
  }

  release(body: JsonObject, partition: string, sequence: number): void {
    for (const [number, value] of this.values(body, partition)) this.statements?.release.run(number, value, sequence)
  }

  drop(): void {
    if (!this.isEmpty) this.storage.execute(`DROP TABLE ${this.table}`)
  }

  /** A missing value counts like null: only one item per partition may lack it. */
  private *values(body: JsonObject, partition: string): Generator<[number: number, value: string]> {
    for (const [number, paths] of this.constraints.entries()) {
      const values = paths.map(path => {
        let value: Json | undefined = body
        for (const name of pathNames(path)) value = propertyOf(value, name)
        return value ?? null
      })
      yield [number, `${partition}${JSON.stringify(values)}`]
    }
  }
}
