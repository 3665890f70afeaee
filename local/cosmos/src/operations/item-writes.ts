import { replaceCharge, writeCharge } from '../charges.ts'
import { CosmosError } from '../errors.ts'
import { indexedTerms } from '../indexed-terms.ts'
import type { JsonObject } from '../json.ts'
import { bodyOf, type Entry } from '../store/entry.ts'
import type { Transaction } from '../store/transaction.ts'
import { type Conditions, checkIfMatch, findItem, getItem, partitionOf, prepareItem, type Scope } from './item-scope.ts'

/** A write inside a transaction: single requests, batches and bulk all come through these four functions. */
export type Write = { scope: Scope; transaction: Transaction; conditions: Conditions; bytes: number }
/** `charge` in request units, not rounded yet. */
export type Written = { status: 200 | 201 | 204; entry: Entry | undefined; charge: number }

export function create(write: Write, body: JsonObject): Written {
  const { scope, transaction } = write
  const item = prepareItem(body, scope, write.bytes)
  const existing = scope.container.items.find(partitionOf(scope), item.id as string)
  if (existing !== undefined) {
    if (!scope.container.isExpired(existing, scope.now)) {
      throw new CosmosError(
        409,
        'Entity with the specified id already exists in the system. More info: https://aka.ms/cosmosdb-tsg-conflict',
      )
    }
    transaction.remove(existing)
  }
  const entry = transaction.insert(partitionOf(scope), item)
  return { status: 201, entry, charge: writeCharge(entry.text.length, indexedTerms(scope.container).count(item)) }
}

export function upsert(write: Write, body: JsonObject): Written {
  const id = body.id
  const existing = typeof id === 'string' ? findItem(write.scope, id) : undefined
  if (existing === undefined) return create(write, body)
  checkIfMatch(existing, write.conditions)
  const item = prepareItem(body, write.scope, write.bytes)
  return put(write, existing, item)
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
  return put(write, existing, item)
}

/** Puts a prepared item in the place of another. */
export function put({ scope, transaction }: Write, existing: Entry, item: JsonObject): Written {
  const before = existing.text
  const entry = transaction.replace(existing, item)
  const terms = indexedTerms(scope.container).changed(before, entry.text)
  return { status: 200, entry, charge: replaceCharge({ before: before.length, after: entry.text.length }, terms) }
}

export function remove(write: Write, id: string): Written {
  const existing = getItem(write.scope, id)
  checkIfMatch(existing, write.conditions)
  write.transaction.remove(existing)
  const terms = indexedTerms(write.scope.container).count(bodyOf(existing))
  return { status: 204, entry: undefined, charge: writeCharge(existing.text.length, terms) }
}
