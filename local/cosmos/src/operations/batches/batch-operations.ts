import { errorCharge, readCharge, roundCharge } from '../../charges.ts'
import { badRequest, CosmosError, errorText } from '../../errors.ts'
import type { CosmosRequest } from '../../exchange.ts'
import { isObject, type Json, type JsonObject } from '../../json.ts'
import { keyText, mismatch, parseKey } from '../../partition-key/definition.ts'
import { parseBody } from '../../request-body.ts'
import type { Entry } from '../../store/entry.ts'
import type { Transaction } from '../../store/transaction.ts'
import { create } from '../items/create-item.ts'
import { remove } from '../items/delete-item.ts'
import { type Conditions, getItem, type Scope, tooLarge } from '../items/item-scope.ts'
import { patch } from '../items/patch-item.ts'
import { replace } from '../items/replace-item.ts'
import { upsert } from '../items/upsert-item.ts'
import { prefersMinimal, type Write, type Written } from '../items/write-item.ts'
import { outcomeRows, parseRows } from './hybrid-row-batch.ts'

const maxOperations = 100
const maxBatchBytes = 2 * 1024 * 1024

export type BatchOperation = JsonObject & { operationType: string }
export type Outcome = {
  statusCode: number
  subStatusCode?: number
  /** Request units, not rounded yet. */
  requestCharge: number
  retryAfterMilliseconds?: number
  eTag?: string
  message?: string
  resourceBody?: RawJson
}

/** Item text that goes into an answer as it is, without being parsed and written again. */
export class RawJson {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

/** Reads the body of a batch or bulk request, JSON or rows. Throws 400 and 413. */
export function parseBatch({ body, rows }: CosmosRequest): BatchOperation[] {
  if (body.length > maxBatchBytes / 4 && Buffer.byteLength(body) > maxBatchBytes) throw tooLarge()
  if (rows !== undefined && rows.length > maxBatchBytes) throw tooLarge()
  const operations = rows === undefined ? parseBody(body) : parseRows(rows)
  if (!Array.isArray(operations) || operations.length === 0) throw badRequest('Batch request has no operations.')
  if (operations.length > maxOperations) {
    throw badRequest(
      `Batch request has more operations than what is supported: ${operations.length} of at most ${maxOperations}.`,
    )
  }
  for (const operation of operations) {
    if (!isObject(operation) || typeof operation.operationType !== 'string')
      throw badRequest('An operation of the batch has no operationType.')
  }
  return operations as BatchOperation[]
}

/** The key of one operation, in bulk always given, in a batch only to be compared with the header. */
export function keyOfOperation(
  operation: BatchOperation,
  scope: Pick<Scope, 'container'>,
): readonly Json[] | undefined {
  const key = operation.partitionKey
  if (key === undefined || key === null) return undefined
  return parseKey(typeof key === 'string' ? key : JSON.stringify(key), scope.container.record.partitionKey)
}

export function checkSameKey(operation: BatchOperation, scope: Scope): void {
  const key = keyOfOperation(operation, scope)
  if (key !== undefined && keyText(key) !== keyText(scope.key)) throw mismatch()
}

/** Carries out one operation. Throws what the same single request would. */
export function perform(operation: BatchOperation, scope: Scope, transaction: Transaction): Outcome {
  const { resourceBody, ...outcome } = carryOut(operation, scope, transaction)
  const isUnwanted = resourceBody === undefined || operation.minimalReturnPreference === true
  return isUnwanted ? outcome : { ...outcome, resourceBody }
}

function carryOut(operation: BatchOperation, scope: Scope, transaction: Transaction): Outcome {
  const conditions: Conditions = { ifMatch: text(operation.ifMatch), ifNoneMatch: text(operation.ifNoneMatch) }
  const body = operation.resourceBody
  const write: Write = { scope, transaction, conditions, bytes: maxBatchBytes }
  const id = text(operation.id) ?? ''
  switch (operation.operationType) {
    case 'Create':
      return written(create(write, itemOf(body)))
    case 'Upsert':
      return written(upsert(write, itemOf(body)))
    case 'Replace':
      return written(replace(write, id, itemOf(body)))
    case 'Patch':
      return written(patch(write, id, body))
    case 'Delete':
      return written(remove(write, id))
    case 'Read':
      return read(getItem(scope, id), conditions)
    default:
      throw badRequest(`The operation type '${operation.operationType}' is not known.`)
  }
}

export function failed(error: unknown): Outcome {
  if (!(error instanceof CosmosError)) return { statusCode: 500, requestCharge: 0, message: errorText(error) }
  const outcome: Outcome = { statusCode: error.status, requestCharge: errorCharge(error), message: error.message }
  const { substatus, retryAfterMs } = error.details
  if (substatus !== undefined) outcome.subStatusCode = substatus
  if (retryAfterMs !== undefined) outcome.retryAfterMilliseconds = retryAfterMs
  return outcome
}

/** What operations answer that were not tried, or were undone, because another one failed. */
export const failedDependency: Outcome = { statusCode: 424, requestCharge: 0 }

/** The answer's body in the format of the request: outcomes in order, as many as operations. */
export function outcomesBody({ headers, rows }: CosmosRequest, outcomes: readonly Outcome[]): string | Buffer {
  return rows === undefined ? outcomesText(outcomes, prefersMinimal(headers.prefer)) : outcomeRows(outcomes)
}

function outcomesText(outcomes: readonly Outcome[], minimal: boolean): string {
  const parts = outcomes.map(({ resourceBody, requestCharge, ...rest }) => {
    const text = JSON.stringify({ ...rest, requestCharge: roundCharge(requestCharge) })
    return resourceBody === undefined || minimal ? text : `${text.slice(0, -1)},"resourceBody":${resourceBody.text}}`
  })
  return `[${parts.join(',')}]`
}

function written({ status, entry, charge }: Written): Outcome {
  if (entry === undefined) return { statusCode: status, requestCharge: charge }
  return { statusCode: status, requestCharge: charge, eTag: entry.etag, resourceBody: new RawJson(entry.text) }
}

function read(entry: Entry, { ifNoneMatch }: Conditions): Outcome {
  if (ifNoneMatch === entry.etag) return { statusCode: 304, requestCharge: 1, eTag: entry.etag }
  const { text } = entry
  return { statusCode: 200, requestCharge: readCharge(text.length), eTag: entry.etag, resourceBody: new RawJson(text) }
}

function itemOf(body: Json | undefined): JsonObject {
  if (!isObject(body)) throw badRequest('The operation has no item in resourceBody.')
  return body
}

function text(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined
}
