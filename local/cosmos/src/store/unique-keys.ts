import { CosmosError } from '../errors.ts'
import { isObject, type Json, type JsonObject, propertyOf } from '../json.ts'
import { pathNames } from '../partition-key/definition.ts'
import type { Entry } from './entry.ts'

type Constraint = { paths: string[]; owners: Map<string, Entry> }

/** The unique key policy of a container: each set of paths is unique within one partition key value. */
export class UniqueKeys {
  private readonly constraints: Constraint[]

  constructor(policy: unknown) {
    const keys = isObject(policy) && Array.isArray(policy.uniqueKeys) ? policy.uniqueKeys : []
    this.constraints = keys.map(key => ({
      paths: isObject(key) && Array.isArray(key.paths) ? key.paths.map(String) : [],
      owners: new Map(),
    }))
  }

  get isEmpty(): boolean {
    return this.constraints.length === 0
  }

  /** Throws 409 if an item of the partition that counts has the same values. */
  check(body: JsonObject, partition: string, counts: (owner: Entry) => boolean): void {
    for (const { paths, owners } of this.constraints) {
      const owner = owners.get(valuesOf(body, paths, partition))
      if (owner !== undefined && counts(owner)) {
        throw new CosmosError(409, 'Unique index constraint violation.')
      }
    }
  }

  claim(body: JsonObject, entry: Entry): void {
    for (const { paths, owners } of this.constraints) owners.set(valuesOf(body, paths, entry.partition.text), entry)
  }

  release(body: JsonObject, entry: Entry): void {
    for (const { paths, owners } of this.constraints) {
      const values = valuesOf(body, paths, entry.partition.text)
      if (owners.get(values) === entry) owners.delete(values)
    }
  }
}

/** A missing value counts like null: only one item per partition may lack it. */
function valuesOf(body: JsonObject, paths: readonly string[], partition: string): string {
  const values = paths.map(path => {
    let value: Json | undefined = body
    for (const name of pathNames(path)) value = propertyOf(value, name)
    return value ?? null
  })
  return `${partition}${JSON.stringify(values)}`
}
