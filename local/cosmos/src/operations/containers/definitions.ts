import { randomUUID } from 'node:crypto'
import { badRequest } from '../../errors.ts'
import type { CosmosRequest } from '../../exchange.ts'
import { isObject, type Json, type JsonObject } from '../../json.ts'
import { parseDefinition } from '../../partition-key/definition.ts'
import { resourceId } from '../../request-body.ts'
import type { Throughput } from '../../store/container.ts'

export function newEtag(): string {
  return `"${randomUUID()}"`
}

const minThroughput = 400
const minAutoscale = 1000

/** What the caller asks for in headers, in request units per second; undefined = nothing asked. Throws 400. */
export function requestedThroughput(request: CosmosRequest): Throughput | undefined {
  const autoscale = request.headers['x-ms-cosmos-offer-autopilot-settings']
  if (autoscale !== undefined) {
    let maximum: unknown
    try {
      maximum = JSON.parse(autoscale).maxThroughput
    } catch {
      maximum = undefined
    }
    return { autoscaleMax: checkThroughput(maximum, minAutoscale, 1000) }
  }
  const manual = request.headers['x-ms-offer-throughput']
  return manual === undefined ? undefined : { manual: checkThroughput(Number(manual), minThroughput, 100) }
}

export function checkThroughput(value: unknown, minimum = minThroughput, step = 100): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < minimum || value % step !== 0) {
    throw badRequest(
      `The value of offer throughput specified is invalid. It must be at least ${minimum} and a multiple of ${step}.`,
    )
  }
  return value
}

export function requestUnits(throughput: Throughput): number {
  return 'manual' in throughput ? throughput.manual : throughput.autoscaleMax
}

const known = [
  'indexingPolicy',
  'partitionKey',
  'defaultTtl',
  'uniqueKeyPolicy',
  'conflictResolutionPolicy',
  'geospatialConfig',
  'analyticalStorageTtl',
  'computedProperties',
  'vectorEmbeddingPolicy',
  'fullTextPolicy',
  'clientEncryptionPolicy',
  'changeFeedPolicy',
]
const refused = [
  'computedProperties',
  'vectorEmbeddingPolicy',
  'fullTextPolicy',
  'clientEncryptionPolicy',
  'changeFeedPolicy',
]

/** A container's definition with the service's defaults filled in. Throws 400. */
export function containerDefinition(body: JsonObject): JsonObject {
  const definition: JsonObject = { id: resourceId(body) }
  for (const name of refused) {
    const value = body[name]
    if (value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0)) {
      throw badRequest(`'${name}' of a container is not emulated by local-cosmos.`)
    }
  }
  for (const name of known) if (body[name] !== undefined && body[name] !== null) definition[name] = body[name]
  if (body.defaultTtl !== undefined) checkTtl(body.defaultTtl, 'defaultTtl')
  definition.partitionKey = { ...parseDefinition(body.partitionKey) } as unknown as Json
  definition.indexingPolicy = indexingPolicy(body.indexingPolicy)
  definition.conflictResolutionPolicy ??= {
    mode: 'LastWriterWins',
    conflictResolutionPath: '/_ts',
    conflictResolutionProcedure: '',
  }
  definition.geospatialConfig ??= { type: 'Geography' }
  if (definition.uniqueKeyPolicy !== undefined) checkUniqueKeys(definition.uniqueKeyPolicy)
  return definition
}

/** `ttl` and `defaultTtl`: -1, or whole seconds from 1. Throws 400. */
export function checkTtl(value: unknown, name: string): void {
  if (typeof value !== 'number' || !Number.isInteger(value) || value === 0 || value < -1 || value > 2147483647) {
    const shown = typeof value === 'object' ? '' : ` '${String(value)}'`
    throw badRequest(`The input ${name}${shown} is invalid. Ensure to provide a nonzero positive integer value, or -1.`)
  }
}

function indexingPolicy(given: Json | undefined): JsonObject {
  const policy: JsonObject = isObject(given) ? { ...given } : {}
  const mode = typeof policy.indexingMode === 'string' ? policy.indexingMode.toLowerCase() : 'consistent'
  if (mode !== 'consistent' && mode !== 'none') throw badRequest(`The indexing mode '${mode}' is not valid.`)
  policy.indexingMode = mode
  policy.automatic ??= mode === 'consistent'
  if (mode === 'none') return { indexingMode: 'none', automatic: false, includedPaths: [], excludedPaths: [] }
  const excluded = Array.isArray(policy.excludedPaths) ? policy.excludedPaths : []
  const excludesAll = excluded.some(each => isObject(each) && each.path === '/*')
  policy.includedPaths ??= excludesAll ? [] : [{ path: '/*' }]
  const hasEtag = excluded.some(each => isObject(each) && each.path === '/"_etag"/?')
  policy.excludedPaths = hasEtag ? excluded : [...excluded, { path: '/"_etag"/?' }]
  return policy
}

function checkUniqueKeys(policy: Json): void {
  const keys = isObject(policy) ? policy.uniqueKeys : undefined
  const isValid =
    Array.isArray(keys) &&
    keys.every(
      key =>
        isObject(key) &&
        Array.isArray(key.paths) &&
        key.paths.length > 0 &&
        key.paths.every(path => typeof path === 'string' && path.startsWith('/')),
    )
  if (!isValid)
    throw badRequest('The unique key policy is invalid: each key needs an array of paths that start with /.')
}
