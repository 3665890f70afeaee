import { badRequest } from '../errors.ts'
import type { CosmosRequest } from '../exchange.ts'
import type { Json, JsonObject } from '../json.ts'
import { compileQuery } from '../query/evaluation/compile.ts'
import { evaluateAll } from '../query/evaluation/execute.ts'
import { withinLimits } from '../query/evaluation/limits.ts'
import { parseParameters } from '../query/syntax/parameters.ts'
import { parseQuery } from '../query/syntax/parser.ts'
import { objectBody } from '../request-body.ts'

/** Queries over databases, containers and offers: few records, no pages. */
export function queryRecords(request: CosmosRequest, records: JsonObject[]): Json[] {
  const body = objectBody(request.body)
  if (typeof body.query !== 'string') throw badRequest('The request body has no query.')
  const { query } = body
  return withinLimits(() => evaluateAll(compileQuery(parseQuery(query), parseParameters(body.parameters)), records))
}
