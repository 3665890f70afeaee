import { badRequest } from './errors.ts'
import { isObject, type JsonObject } from './json.ts'

/** Parses a body that must be a JSON object. Throws 400. */
export function objectBody(text: string): JsonObject {
  const body = parseBody(text)
  if (!isObject(body)) throw badRequest('The input content is invalid because it is no JSON object.')
  return body
}

export function parseBody(text: string): unknown {
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
  if (typeof id !== 'string' || id.trim() === '' || id.length > maxResourceIdCharacters || /[/\\#?]/.test(id)) {
    throw badRequest(
      "The input name is invalid. Ensure to provide a unique non-empty string less than '255' characters.",
    )
  }
  return id
}
