import { readCharge } from '../../charges.ts'
import type { Context } from '../../engine.ts'
import { answer, type CosmosAnswer } from '../../exchange.ts'
import { checkSession, lsnHeaders, sessionHeaders } from '../../headers.ts'
import { getItem, onBudget, rangeOf, scopeOf } from './item-scope.ts'
import { itemId } from './write-item.ts'

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
