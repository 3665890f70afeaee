import type { Context } from '../../engine.ts'
import { badRequest, CosmosError } from '../../errors.ts'
import type { CosmosAnswer } from '../../exchange.ts'
import { isDeeperThan, type Json, type JsonObject } from '../../json.ts'
import { keyOfItem, keyText, mismatch, parseKey } from '../../partition-key/definition.ts'
import type { Container } from '../../store/container.ts'
import type { Entry } from '../../store/entry.ts'
import type { Partition } from '../../store/items.ts'
import type { Range } from '../../store/range.ts'
import { metered } from '../../throughput.ts'
import { checkTtl } from '../containers/definitions.ts'

/** Where an operation on items takes place: one partition key value of one container, at one moment (milliseconds). */
export type Scope = { container: Container; key: readonly Json[]; now: number }

export type Conditions = { ifMatch?: string | undefined; ifNoneMatch?: string | undefined }

/** Reads container and partition key header of a point operation. Throws 404 and 400. */
export function scopeOf({ engine, request, address }: Context): Scope {
  const container = engine.container(address)
  const header = request.headers['x-ms-documentdb-partitionkey']
  if (header === undefined) {
    throw badRequest(
      'PartitionKey value must be supplied for this operation.',
      request.method === 'POST' ? 1001 : undefined,
    )
  }
  return { container, key: parseKey(header, container.record.partitionKey), now: engine.now() }
}

export function conditionsOf({ request }: Context): Conditions {
  return { ifMatch: request.headers['if-match'], ifNoneMatch: request.headers['if-none-match'] }
}

/** The item if it is there and has not expired. */
export function findItem(scope: Scope, id: string): Entry | undefined {
  const entry = scope.container.items.find(partitionOf(scope), id)
  return entry === undefined || scope.container.isExpired(entry, scope.now) ? undefined : entry
}

export function getItem(scope: Scope, id: string): Entry {
  const entry = findItem(scope, id)
  if (entry === undefined) {
    throw new CosmosError(
      404,
      'Entity with the specified id does not exist in the system. More info: https://aka.ms/cosmosdb-tsg-not-found',
      { substatus: 0 },
    )
  }
  return entry
}

/** 412 unless the item has the etag asked for. */
export function checkIfMatch(entry: Entry, { ifMatch }: Conditions): void {
  if (ifMatch === undefined || ifMatch === '*' || ifMatch === entry.etag) return
  throw new CosmosError(412, 'Operation cannot be performed because one of the specified precondition is not met.')
}

export function partitionOf(scope: Scope): Partition {
  return scope.container.partition(scope.key)
}

export function rangeOf(scope: Scope): Range {
  return scope.container.rangeOf(partitionOf(scope))
}

/** Runs an operation on the budget of the range where the partition key value lies, if throughput is enforced. Throws 429. */
export function onBudget({ engine }: Context, scope: Scope, run: () => CosmosAnswer): CosmosAnswer {
  const { throughput } = engine
  if (throughput === undefined) return run()
  return metered({ throughput, container: scope.container, ranges: [rangeOf(scope)] }, run)
}

const maxItemBytes = 2 * 1024 * 1024
const maxIdBytes = 1023
/** Levels of objects and arrays inside the item. */
const maxNesting = 128
const systemProperties = ['_rid', '_self', '_etag', '_attachments', '_ts']

/** Checks an item before it is stored and takes the system properties off it. Throws 400 and 413. */
export function prepareItem(body: JsonObject, scope: Scope, bytes: number): JsonObject {
  checkId(body.id)
  if (body.ttl !== undefined) checkTtl(body.ttl, 'ttl')
  for (const name of systemProperties) delete body[name]
  if (keyText(keyOfItem(body, scope.container.record.partitionKey)) !== keyText(scope.key)) throw mismatch()
  if (isDeeperThan(body, maxNesting)) throw badRequest(`The item is nested deeper than ${maxNesting} levels.`)
  if (bytes > maxItemBytes / 2 && Buffer.byteLength(JSON.stringify(body)) > maxItemBytes) throw tooLarge()
  return body
}

export function tooLarge(): CosmosError {
  return new CosmosError(413, 'Message: {"Errors":["Request size is too large"]}')
}

function checkId(id: Json | undefined): void {
  if (id === undefined) {
    throw badRequest("The input content is invalid because the required properties - 'id; ' - are missing")
  }
  if (typeof id !== 'string' || id === '' || !id.isWellFormed() || /[/\\]/.test(id)) {
    throw badRequest(
      `The input content is invalid because the property 'id' (${JSON.stringify(id)}) is not a non-empty string of whole characters without / and \\.`,
    )
  }
  if (id.length > maxIdBytes / 4 && Buffer.byteLength(id) > maxIdBytes) {
    throw badRequest(`The id is longer than ${maxIdBytes} bytes.`)
  }
}
