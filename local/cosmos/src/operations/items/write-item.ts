import { replaceCharge } from '../../charges.ts'
import type { Context } from '../../engine.ts'
import { answer, type CosmosAnswer } from '../../exchange.ts'
import { lsnHeaders, sessionHeaders } from '../../headers.ts'
import { indexedTerms } from '../../indexed-terms.ts'
import type { JsonObject } from '../../json.ts'
import type { Entry } from '../../store/entry.ts'
import type { Range } from '../../store/range.ts'
import { Transaction } from '../../store/transaction.ts'
import { type Conditions, conditionsOf, onBudget, rangeOf, type Scope, scopeOf } from './item-scope.ts'

export function itemId({ address }: Context): string {
  return address.names.docs ?? ''
}

export function write(context: Context, change: (given: Write) => Written): CosmosAnswer {
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

/** A write inside a transaction: single requests, batches and bulk all come through these four functions. */
export type Write = { scope: Scope; transaction: Transaction; conditions: Conditions; bytes: number }

/** `charge` in request units, not rounded yet. */
export type Written = { status: 200 | 201 | 204; entry: Entry | undefined; charge: number }

/** Puts a prepared item in the place of another. */
export function put({ scope, transaction }: Write, existing: Entry, item: JsonObject): Written {
  const before = existing.text
  const entry = transaction.replace(existing, item)
  const terms = indexedTerms(scope.container).changed(before, entry.text)
  return { status: 200, entry, charge: replaceCharge({ before: before.length, after: entry.text.length }, terms) }
}
