import { badRequest } from '../errors.ts'
import { isDeeperThan, type JsonObject } from '../json.ts'
import { objectBody } from '../request-body.ts'

/** Levels of a body: many more than an item may have, and so few that nothing runs out of stack when it is written again. */
const maxBodyLevels = 1_000

/** Parses a body that must be a JSON object of a reasonable depth. Throws 400. */
export function boundedBody(text: string): JsonObject {
  const body = objectBody(text)
  if (text.length > maxBodyLevels && isDeeperThan(body, maxBodyLevels))
    throw badRequest(`The request body is deeper than ${maxBodyLevels} levels.`)
  return body
}
