import { readCharge } from '../charges.ts'
import type { Context } from '../engine.ts'
import { answer, type CosmosAnswer } from '../exchange.ts'
import { checkSession, lsnHeaders, sessionHeaders } from '../headers.ts'
import { parseBody } from '../request-body.ts'
import type { Range } from '../store/range.ts'
import { Transaction } from '../store/transaction.ts'
import { boundedBody } from './bounded-body.ts'
import { conditionsOf, getItem, onBudget, partitionOf, rangeOf, type Scope, scopeOf } from './item-scope.ts'
import { create, remove, replace, upsert, type Write, type Written } from './item-writes.ts'
import { patch } from './patch.ts'

export function createItem(context: Context): CosmosAnswer {
  return write(context, given => create(given, boundedBody(context.request.body)))
}

export function upsertItem(context: Context): CosmosAnswer {
  return write(context, given => upsert(given, boundedBody(context.request.body)))
}

export function replaceItem(context: Context): CosmosAnswer {
  return write(context, given => replace(given, itemId(context), boundedBody(context.request.body)))
}

export function patchItem(context: Context): CosmosAnswer {
  return write(context, given => patch(given, itemId(context), parseBody(context.request.body)))
}

export function deleteItem(context: Context): CosmosAnswer {
  return write(context, given => remove(given, itemId(context)))
}

/** 304 if the caller has the current version already. */
export function readItem(context: Context): CosmosAnswer {
  const scope = scopeOf(context)
  return onBudget(context, scope, () => {
    checkSession(context.request, [rangeOf(scope)])
    const entry = getItem(scope, itemId(context))
    const range = rangeOf(scope)
    const headers = { etag: entry.etag, ...sessionHeaders(scope.container, [range]), ...lsnHeaders(range) }
    if (context.request.headers['if-none-match'] === entry.etag) return answer(304, undefined, { headers })
    return answer(200, entry.text, { charge: readCharge(entry.text.length), headers })
  })
}

/** Deletes every item of one partition key value; the service does it in the background, here it is done at once. */
export function deletePartition(context: Context): CosmosAnswer {
  const scope = scopeOf(context)
  const { items } = scope.container
  const range = rangeOf(scope)
  const transaction = new Transaction(scope.container, range, scope.now)
  for (const entry of [...items.inPartition(partitionOf(scope), {}, 0)]) transaction.remove(entry)
  transaction.commit()
  return answer(200, {}, { headers: sessionHeaders(scope.container, [range]) })
}

function itemId({ address }: Context): string {
  return address.names.docs ?? ''
}

function write(context: Context, change: (given: Write) => Written): CosmosAnswer {
  const scope = scopeOf(context)
  return onBudget(context, scope, () => writeAlone(context, scope, change))
}

function writeAlone(context: Context, scope: Scope, change: (given: Write) => Written): CosmosAnswer {
  const range = rangeOf(scope)
  const transaction = new Transaction(scope.container, range, scope.now)
  let written: Written
  try {
    written = change({ scope, transaction, conditions: conditionsOf(context), bytes: context.request.body.length })
  } catch (error) {
    transaction.rollback()
    throw error
  }
  transaction.commit()
  return writtenAnswer(context, scope, written, range)
}

function writtenAnswer({ request }: Context, scope: Scope, written: Written, range: Range): CosmosAnswer {
  const headers: Record<string, string> = { ...sessionHeaders(scope.container, [range]), ...lsnHeaders(range) }
  if (written.entry !== undefined) headers.etag = written.entry.etag
  const body = prefersMinimal(request.headers.prefer) ? undefined : written.entry?.text
  return answer(written.status, body, { charge: written.charge, headers })
}

export function prefersMinimal(prefer: string | undefined): boolean {
  return prefer !== undefined && prefer.toLowerCase().replaceAll(' ', '') === 'return=minimal'
}
