import { badRequest } from '../errors.ts'
import type { CosmosRequest } from '../exchange.ts'
import type { Json, JsonObject } from '../json.ts'
import { compileQuery } from '../query/compile.ts'
import { evaluateAll } from '../query/execute.ts'
import { withinLimits } from '../query/limits.ts'
import { parseParameters } from '../query/parameters.ts'
import { parseQuery } from '../query/parser.ts'
import { boundedBody } from './bounded-body.ts'

/** Queries over databases, containers and offers: few records, no pages. */
export function queryRecords(request: CosmosRequest, records: JsonObject[]): Json[] {
  const body = boundedBody(request.body)
  if (typeof body.query !== 'string') throw badRequest('The request body has no query.')
  const { query } = body
  return withinLimits(() => evaluateAll(compileQuery(parseQuery(query), parseParameters(body.parameters)), records))
}
