import { badRequest } from './errors.ts'
import { isDeeperThan, isObject, type Json, type JsonObject } from './json.ts'

/** Parses a body that must be a JSON object. Throws 400. */
export function objectBody(text: string): JsonObject {
  const body = parseBody(text)
  if (!isObject(body)) throw badRequest('The input content is invalid because it is no JSON object.')
  return body
}

/** Levels of a body: many more than an item may have, and so few that nothing runs out of stack when it is written again. */
const maxLevels = 1_000

/** Parses a body that must be JSON of a reasonable depth. Throws 400. */
export function parseBody(text: string): Json {
  const body = parsed(text)
  if (text.length > maxLevels && isDeeperThan(body, maxLevels))
    throw badRequest(`The request body is deeper than ${maxLevels} levels.`)
  return body
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text)
  } catch {
    throw badRequest('The input content is invalid because it is no valid JSON.')
  }
}

const maxResourceIdCharacters = 255

/** The id of a database or container. Throws 400. */
export function resourceId(body: JsonObject): string {
  const { id } = body
  if (id === undefined)
    throw badRequest("The input content is invalid because the required properties - 'id; ' - are missing")
  const isText = typeof id === 'string' && id.isWellFormed() && id.trim() !== ''
  if (!isText || id.length > maxResourceIdCharacters || /[/\\#?]/.test(id)) {
    throw badRequest(
      "The input name is invalid. Ensure to provide a unique non-empty string less than '255' characters.",
    )
  }
  return id
}
