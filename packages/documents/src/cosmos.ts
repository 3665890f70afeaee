import type {
  Container,
  JSONObject,
  OperationInput,
  OperationResponse,
  RequestOptions,
  SqlParameter,
} from '@azure/cosmos'
import { coalesce } from './coalesce.ts'
import {
  type Condition,
  type Documents,
  type Key,
  type Query,
  type StoredItem,
  StoreUnavailable,
  type Write,
  type WriteResult,
} from './documents.ts'

/** The service takes at most this many operations in one bulk or batch request. */
const OPERATIONS_PER_REQUEST = 100

/** How often throttled operations of a bulk request are sent again, each time after the wait the service names. */
const THROTTLED_TRIES = 9
/** Milliseconds, where the service names no wait. */
const SHORTEST_WAIT = 10

/** Writes answer with status and etag; nobody here needs to be sent back the item just written. */
const WITHOUT_ITEMS = { contentResponseOnWriteEnabled: false }

type Options = {
  readonly container: Container
  /** The member that names the partition. */
  readonly partitionKey: string
}

/** A container of Cosmos DB through the official SDK. Reads and writes of one moment travel together. */
export function cosmosDocuments({ container, partitionKey }: Options): Documents {
  const readTogether = async (keys: Key[]) => {
    const operations = keys.map(
      ({ partition, id }) => ({ operationType: 'Read', id, partitionKey: partition }) as const,
    )
    const answers = await bulk(container, operations, {})
    return answers.map(answer => {
      if (answer?.statusCode === 404) return undefined
      if (answer?.statusCode === 200) return answer.resourceBody as StoredItem
      throw new StoreUnavailable(`a read was answered ${answer?.statusCode}`)
    })
  }
  const writeTogether = async (writes: Write[]): Promise<WriteResult[]> => {
    const answers = await bulk(
      container,
      writes.map(write => asOperation(write, String(write.item[partitionKey]))),
      WITHOUT_ITEMS,
    )
    return writes.map((_, index) => resultOf(answers[index]))
  }
  const read = coalesce(OPERATIONS_PER_REQUEST, readTogether)
  const write = coalesce(OPERATIONS_PER_REQUEST, writeTogether)

  return {
    read: key => read(key).catch(unavailable),
    readMany: keys => Promise.all(keys.map(read)).catch(unavailable),
    write,
    writeEach: writes => Promise.all(writes.map(write)),
    writeTogether: async (partition, writes) => {
      if (writes.length > OPERATIONS_PER_REQUEST) throw new RangeError('a batch writes at most 100 items')
      try {
        const answer = await container.items.batch(
          writes.map(one => asOperation(one)),
          partition,
          WITHOUT_ITEMS,
        )
        const failed = answer.result?.find(({ statusCode }) => statusCode >= 400 && statusCode !== 424)
        return resultOf(failed ?? answer.result?.[0])
      } catch (error) {
        return resultOf(failureOf(error))
      }
    },
    remove: async ({ partition, id }) => {
      const gone = (error: { code?: unknown }) => (error.code === 404 ? undefined : unavailable(error))
      await container.item(id, partition).delete().catch(gone)
    },
    query: async (partition, query) => {
      const options = { partitionKey: partition, maxItemCount: query.limit }
      const answer = await container.items
        .query<StoredItem>(asSql(query, query.limit), options)
        .fetchAll()
        .catch(unavailable)
      return answer.resources
    },
    scan: async function* ({ limit, ...query }) {
      const pages = container.items.query<StoredItem>(asSql(query), { maxItemCount: limit })
      while (pages.hasMoreResults()) {
        const { resources } = await pages.fetchNext().catch(unavailable)
        if (resources && resources.length > 0) yield resources
      }
    },
  }
}

type Answer = { statusCode: number; eTag?: string; retryAfterMilliseconds?: number; resourceBody?: JSONObject }

/** One bulk request to each range that is concerned; what the service throttled is sent again. */
async function bulk(
  container: Container,
  operations: OperationInput[],
  options: RequestOptions,
): Promise<(Answer | undefined)[]> {
  const answers = await send(container, operations, options)
  for (let attempt = 1; attempt <= THROTTLED_TRIES; attempt++) {
    const throttled = answers.flatMap((answer, index) => (answer?.statusCode === 429 ? [index] : []))
    if (throttled.length === 0) break
    const wait = Math.max(...throttled.map(index => answers[index]?.retryAfterMilliseconds ?? 0), SHORTEST_WAIT)
    await new Promise(resolve => setTimeout(resolve, wait))
    const again = await send(
      container,
      throttled.map(index => operations[index] as OperationInput),
      options,
    )
    throttled.forEach((index, position) => {
      answers[index] = again[position]
    })
  }
  return answers
}

/**
 * The answer to each operation. The SDK rejects the whole call when one of its requests fails, so every operation gets
 * the status of that request, except when it was too large: then halves are sent, until only the large ones are left.
 */
async function send(
  container: Container,
  operations: OperationInput[],
  options: RequestOptions,
): Promise<(Answer | undefined)[]> {
  try {
    // `executeBulkOperations`, its successor, waits a whole second between dispatches: made for imports, not for people.
    const answers: OperationResponse[] = await container.items.bulk(operations, { continueOnError: true }, options)
    return answers as (Answer | undefined)[]
  } catch (error) {
    const failure = failureOf(error)
    if (failure.statusCode !== 413 || operations.length === 1) return operations.map(() => failure)
    const half = Math.ceil(operations.length / 2)
    const [first, second] = [operations.slice(0, half), operations.slice(half)]
    return [...(await send(container, first, options)), ...(await send(container, second, options))]
  }
}

/** What the service said, also where the SDK has wrapped it. */
function failureOf(error: unknown): Answer {
  type Failure = { code?: unknown; retryAfterInMs?: number; cause?: Failure }
  const failure = error as Failure
  const known = typeof failure.code === 'number' ? failure : (failure.cause ?? failure)
  const { retryAfterInMs } = known
  const wait = retryAfterInMs === undefined ? {} : { retryAfterMilliseconds: retryAfterInMs }
  return { statusCode: Number(known.code), ...wait }
}

function asOperation(write: Write, partitionKey?: string): OperationInput {
  const resourceBody = write.item as unknown as JSONObject
  const common = partitionKey === undefined ? { resourceBody } : { resourceBody, partitionKey }
  switch (write.kind) {
    case 'create':
      return { operationType: 'Create', ...common }
    case 'upsert':
      return { operationType: 'Upsert', ...common }
    case 'replace':
      return { operationType: 'Replace', id: write.item.id, ifMatch: write.etag, ...common } as OperationInput
  }
}

function resultOf(answer: Answer | undefined): WriteResult {
  switch (answer?.statusCode) {
    case 200:
    case 201:
      return { result: 'written', etag: answer.eTag ?? '' }
    case 404:
    case 412:
      return { result: 'changed' }
    case 409:
      return { result: 'conflict' }
    case 413:
      return { result: 'too_large' }
    case 429:
    case 449:
      return { result: 'busy' }
    default:
      return { result: 'unknown' }
  }
}

function unavailable(error: unknown): never {
  if (error instanceof StoreUnavailable) throw error
  throw new StoreUnavailable('the store could not be asked', { cause: error })
}

function asSql({ where = [], orderBy }: Partial<Query>, top?: number): { query: string; parameters: SqlParameter[] } {
  const parameters: SqlParameter[] = []
  const parameter = (value: SqlParameter['value']) => {
    parameters.push({ name: `@p${parameters.length}`, value })
    return `@p${parameters.length - 1}`
  }
  const conditions = where.map(condition => asSqlCondition(condition, parameter))
  const clauses = [
    top === undefined ? 'SELECT * FROM c' : `SELECT TOP ${top} * FROM c`,
    conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '',
    orderBy ? `ORDER BY ${member(orderBy.path)} ${orderBy.descending ? 'DESC' : 'ASC'}` : '',
  ]
  return { query: clauses.filter(clause => clause !== '').join(' '), parameters }
}

function asSqlCondition(condition: Condition, parameter: (value: SqlParameter['value']) => string): string {
  switch (condition.is) {
    case 'defined':
      return `IS_DEFINED(${member(condition.path)})`
    case 'some in': {
      const values = condition.values.map(parameter).join(', ')
      const one = member(condition.member, 'one')
      return `EXISTS(SELECT VALUE one FROM one IN ${member(condition.path)} WHERE ${one} IN (${values}))`
    }
    default:
      return `${member(condition.path)} ${condition.is} ${parameter(condition.value)}`
  }
}

function member(path: string, of = 'c'): string {
  return `${of}${path
    .split('.')
    .map(name => `[${JSON.stringify(name)}]`)
    .join('')}`
}
