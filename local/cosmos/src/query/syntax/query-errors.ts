import { CosmosError } from '../../errors.ts'

/** A 400 in the shape in which the service reports mistakes in a query, with its `SCnnnn` code. */
export function queryError(code: string, message: string, location?: { start: number; end: number }): CosmosError {
  const place = location && { location: { start: location.start, end: location.end } }
  const errors = [{ severity: 'Error', ...place, code, message }]
  return new CosmosError(400, `Message: ${JSON.stringify({ errors })}`)
}

export function syntaxError(near: string, start: number, end: number): CosmosError {
  return queryError('SC1001', `Syntax error, incorrect syntax near '${near}'.`, { start, end })
}

/** The gateway's refusal of an ORDER BY that no index serves. */
export function missingIndex(message: string): CosmosError {
  return new CosmosError(400, message)
}
