import { queryCharge } from '../../charges.ts'
import type { Context } from '../../engine.ts'
import { badRequest, CosmosError } from '../../errors.ts'
import { answer, type CosmosAnswer, type CosmosRequest } from '../../exchange.ts'
import { checkSession, isTrue, lsnHeaders, pageSize, sessionHeaders } from '../../headers.ts'
import { parseKey } from '../../partition-key/definition.ts'
import { type CompiledQuery, compileQuery } from '../../query/evaluation/compile.ts'
import { maxRowsVisited, withinLimits } from '../../query/evaluation/limits.ts'
import { candidatesOf, type Reach } from '../../query/pages/candidates.ts'
import { readContinuation, writeContinuation } from '../../query/pages/continuation.ts'
import { checkOrderIndex } from '../../query/pages/order-index.ts'
import { readPage } from '../../query/pages/read-page.ts'
import { type ResumeFilter, readResumeFilter } from '../../query/pages/resume-filter.ts'
import { isBeyondGateway, needsFanOut, planOf } from '../../query/plan/plan.ts'
import { type Parameters, parseParameters } from '../../query/syntax/parameters.ts'
import { parseQuery } from '../../query/syntax/parser.ts'
import { objectBody } from '../../request-body.ts'
import type { Container } from '../../store/container.ts'
import { metered } from '../../throughput.ts'
import { boundsByHeader, rangeByHeader } from './ranges-asked.ts'

/** Answers a query over one partition key value, one range, or (as the gateway does) all ranges one after the other. */
export function queryItems(context: Context): CosmosAnswer {
  const container = context.engine.container(context.address)
  const asked = readQuery(context.request)
  return answerQuery(context, container, asked)
}

type Asked = { compiled: CompiledQuery; parameters: Parameters; resume: ResumeFilter | undefined }

/** Parses and compiles the query of a request. Throws 400. */
export function readQuery(request: CosmosRequest): Asked {
  const body = objectBody(request.body)
  if (typeof body.query !== 'string') throw badRequest('The request body has no query.')
  const parameters = parseParameters(body.parameters)
  const { query, resumeFilter } = body
  const compiled = withinLimits(() => compileQuery(parseQuery(query), parameters))
  const resumes = resumeFilter !== undefined && resumeFilter !== null
  return { compiled, parameters, resume: resumes ? readResumeFilter(request.body, compiled) : undefined }
}

export function answerQuery({ engine, request }: Context, container: Container, asked: Asked): CosmosAnswer {
  const { reach, isGateway } = reachOf(container, request, engine.now())
  if (isGateway) refuseFanOut(asked.compiled, request)
  checkSession(request, reach.ranges)
  const { throughput } = engine
  return metered({ throughput, container, ranges: reach.ranges }, () => answerReach(request, reach, asked))
}

function answerReach(request: CosmosRequest, reach: Reach, { compiled, parameters, resume }: Asked): CosmosAnswer {
  const { container } = reach
  const { skipsMissing } = checkOrderIndex(compiled.query, container)
  const from = readContinuation(request.headers['x-ms-continuation'])
  const limit = pageSize(request)
  compiled.budget.rows = maxRowsVisited
  const { texts, next, read } = withinLimits(() => {
    const candidates = candidatesOf(compiled, parameters, reach)
    return readPage({ compiled, candidates, limit, from, skipsMissing, resume })
  })
  const headers: Record<string, string> = {
    ...sessionHeaders(container, reach.ranges),
    'x-ms-item-count': String(texts.length),
  }
  if (reach.ranges.length === 1 && reach.ranges[0] !== undefined) Object.assign(headers, lsnHeaders(reach.ranges[0]))
  if (next !== undefined) headers['x-ms-continuation'] = writeContinuation(next)
  // The query runs as it is on the one range that was asked, so the client need not start again by plan.
  if (isTrue(request.headers['x-ms-cosmos-query-optimisticdirectexecute']))
    headers['x-ms-cosmos-query-requiresdistribution'] = 'False'
  if (isTrue(request.headers['x-ms-documentdb-populatequerymetrics']))
    headers['x-ms-documentdb-query-metrics'] = metrics(texts, read)
  const body = `{"_rid":"${container.record.rid}","Documents":[${texts.join(',')}],"_count":${texts.length}}`
  return answer(200, body, { charge: queryCharge(texts), headers })
}

/** Where the headers point. With neither key nor range the gateway itself is asked to go over all ranges. */
function reachOf(container: Container, request: CosmosRequest, now: number): { reach: Reach; isGateway: boolean } {
  const base = { container, partition: undefined, bounds: boundsByHeader(request), now }
  const key = request.headers['x-ms-documentdb-partitionkey']
  if (key !== undefined) {
    const partition = container.partition(parseKey(key, container.record.partitionKey))
    return { reach: { ...base, ranges: [container.rangeOf(partition)], partition }, isGateway: false }
  }
  const range = rangeByHeader(container, request)
  if (range !== undefined) return { reach: { ...base, ranges: [range] }, isGateway: false }
  return { reach: { ...base, ranges: container.ranges }, isGateway: true }
}

/** The gateway does not merge. It hands out the plan, so that the client does, or says what it never does. */
function refuseFanOut(compiled: CompiledQuery, request: CosmosRequest): void {
  if (request.method === 'POST' && !isTrue(request.headers['x-ms-documentdb-query-enablecrosspartition'])) {
    throw badRequest(
      'Cross partition query is required but disabled. Please set x-ms-documentdb-query-enablecrosspartition to true, specify x-ms-documentdb-partitionkey, or revise your query to avoid this exception.',
    )
  }
  if (isBeyondGateway(compiled)) {
    throw badRequest("Cross partition query only supports 'VALUE <AggregateFunc>' for aggregates.")
  }
  if (!needsFanOut(compiled)) return
  throw new CosmosError(
    400,
    'The provided cross partition query can not be directly served by the gateway. This is a first chance (internal) exception that all newer clients will know how to handle gracefully.',
    {
      substatus: 1004,
      body: { additionalErrorInfo: JSON.stringify(planOf(compiled)) },
    },
  )
}

/** Times are not measured: they would only describe this machine. */
function metrics(texts: string[], read: number): string {
  const size = texts.reduce((sum, text) => sum + text.length, 0)
  const ratio = read === 0 ? 1 : Math.min(1, texts.length / read)
  const counts = `retrievedDocumentCount=${read};retrievedDocumentSize=${size};outputDocumentCount=${texts.length};outputDocumentSize=${size}`
  return `totalExecutionTimeInMs=0.10;queryCompileTimeInMs=0.02;queryLogicalPlanBuildTimeInMs=0.01;queryPhysicalPlanBuildTimeInMs=0.01;queryOptimizationTimeInMs=0.00;VMExecutionTimeInMs=0.05;indexLookupTimeInMs=0.01;documentLoadTimeInMs=0.01;systemFunctionExecuteTimeInMs=0.00;userFunctionExecuteTimeInMs=0.00;${counts};writeOutputTimeInMs=0.00;indexUtilizationRatio=${ratio.toFixed(2)}`
}
