import { badRequest } from '../errors.ts'
import { isObject, type Json, type JsonObject, propertyOf } from '../json.ts'

export type PartitionKeyDefinition = {
  paths: string[]
  kind: 'Hash' | 'MultiHash'
  version: 1 | 2
  systemKey?: boolean
}

const maxLevels = 3
const maxValueBytes = 2048

/** Reads `partitionKey` of a container definition. A Hash key without a version is version 1, as in the service. */
export function parseDefinition(given: unknown): PartitionKeyDefinition {
  if (!isObject(given) || !Array.isArray(given.paths)) {
    throw badRequest("The input content is invalid because the required property 'paths' of partitionKey is no array.")
  }
  const kind = given.kind ?? 'Hash'
  if (kind !== 'Hash' && kind !== 'MultiHash')
    throw badRequest(`The partition key kind '${String(kind)}' is not valid.`)
  const paths = given.paths.map(checkPath)
  if (paths.length === 0 || (kind === 'Hash' && paths.length > 1) || paths.length > maxLevels) {
    throw badRequest(`Too many or too few partition key paths for kind ${kind}: ${paths.length}.`)
  }
  const version = given.version ?? (kind === 'MultiHash' ? 2 : 1)
  if (version !== 1 && version !== 2) throw badRequest(`The partition key version '${String(version)}' is not valid.`)
  const definition: PartitionKeyDefinition = { paths, kind, version }
  if (given.systemKey === true) definition.systemKey = true
  return definition
}

function checkPath(path: Json): string {
  if (typeof path !== 'string' || !/^\/[^/*?]+(\/[^/*?]+)*$/.test(path)) {
    const found = typeof path === 'string' ? path : JSON.stringify(path)
    if (typeof path === 'string' && !path.startsWith('/')) {
      throw badRequest(
        `The partition key component definition path '${found}' could not be accepted, failed near position '0'.`,
      )
    }
    throw badRequest(
      'Partition key paths must contain only valid characters and not contain a trailing slash or wildcard character.',
    )
  }
  return path
}

const parsedPaths = new Map<string, string[]>()

/** The property names of a path such as `/a/"b c"/d`. */
export function pathNames(path: string): string[] {
  let names = parsedPaths.get(path)
  if (names === undefined) {
    names = [...path.matchAll(/\/(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|([^/]*))/g)].map(
      m => m[1] ?? m[2] ?? m[3] ?? '',
    )
    parsedPaths.set(path, names)
  }
  return names
}

/** The key an item says it has: one component per path, `{}` where the item has none. */
export function keyOfItem(item: JsonObject, definition: PartitionKeyDefinition): Json[] {
  return definition.paths.map(path => {
    let value: Json | undefined = item
    for (const name of pathNames(path)) value = propertyOf(value, name)
    if (value === undefined) return {}
    if (typeof value === 'object' && value !== null) throw mismatch()
    return value
  })
}

/** Reads the header (or a bulk operation's `partitionKey`): a JSON array with as many values as the key has levels. */
export function parseKey(text: string, definition: PartitionKeyDefinition): Json[] {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    throw badRequest(`Partition key ${text} is invalid.`)
  }
  if (!Array.isArray(parsed)) throw badRequest(`Partition key ${text} is invalid.`)
  const components = parsed.length === 0 && definition.systemKey === true ? [{}] : parsed
  if (components.length !== definition.paths.length) {
    throw badRequest(
      "Partition key provided either doesn't correspond to definition in the collection or doesn't match partition key field values specified in the document.",
      1001,
    )
  }
  return components.map(component => checkComponent(component, text))
}

function checkComponent(component: unknown, text: string): Json {
  if (isObject(component)) {
    if (Object.keys(component).length > 0) throw badRequest(`Partition key ${text} is invalid.`)
    return {}
  }
  if (Array.isArray(component)) throw badRequest(`Partition key ${text} is invalid.`)
  if (
    typeof component === 'string' &&
    component.length > maxValueBytes / 4 &&
    Buffer.byteLength(component) > maxValueBytes
  ) {
    throw badRequest(`Partition key value must be ${maxValueBytes} bytes or less.`)
  }
  return component === 0 ? 0 : (component as Json)
}

/** One text per key value: what partitions are found by. */
export function keyText(components: readonly Json[]): string {
  return JSON.stringify(components)
}

/** 400 with substatus 1001: header and item disagree. */
export function mismatch(): Error {
  return badRequest(
    "PartitionKey extracted from document doesn't match the one specified in the header. Learn more: https://aka.ms/CosmosDB/sql/errors/wrong-pk-value",
    1001,
  )
}
