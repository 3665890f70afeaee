import { CosmosError } from '../errors.ts'
import type { JsonObject } from '../json.ts'
import type { Entry } from '../store/entry.ts'
import type { Transaction } from '../store/transaction.ts'
import { type Conditions, checkIfMatch, findItem, getItem, partitionOf, prepareItem, type Scope } from './item-scope.ts'

/** A write inside a transaction: single requests, batches and bulk all come through these four functions. */
export type Write = { scope: Scope; transaction: Transaction; conditions: Conditions; bytes: number }
export type Written = { status: 200 | 201 | 204; entry: Entry | undefined; charge: number }

export function create(write: Write, body: JsonObject): Written {
  const { scope, transaction } = write
  const item = prepareItem(body, scope, write.bytes)
  const existing = scope.container.partition(scope.key)?.find(item.id as string)
  if (existing !== undefined) {
    if (!scope.container.isExpired(existing, scope.now)) {
      throw new CosmosError(
        409,
        'Entity with the specified id already exists in the system. More info: https://aka.ms/cosmosdb-tsg-conflict',
      )
    }
    transaction.remove(existing)
  }
  return { status: 201, entry: transaction.insert(partitionOf(scope), item), charge: 6.67 }
}

export function upsert(write: Write, body: JsonObject): Written {
  const id = body.id
  const existing = typeof id === 'string' ? findItem(write.scope, id) : undefined
  if (existing === undefined) return create(write, body)
  checkIfMatch(existing, write.conditions)
  const item = prepareItem(body, write.scope, write.bytes)
  return { status: 200, entry: write.transaction.replace(existing, item), charge: 10.67 }
}

/** The id in the body is the item's new id in name only: it must be the id in the path. */
export function replace(write: Write, id: string, body: JsonObject): Written {
  const existing = getItem(write.scope, id)
  checkIfMatch(existing, write.conditions)
  const item = prepareItem(body, write.scope, write.bytes)
  if (item.id !== id) {
    throw new CosmosError(
      400,
      `The id '${String(item.id)}' in the body is not the id '${id}' of the item: an id cannot be changed.`,
    )
  }
  return { status: 200, entry: write.transaction.replace(existing, item), charge: 11.05 }
}

export function remove(write: Write, id: string): Written {
  const existing = getItem(write.scope, id)
  checkIfMatch(existing, write.conditions)
  write.transaction.remove(existing)
  return { status: 204, entry: undefined, charge: 6.67 }
}
