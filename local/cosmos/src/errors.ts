const codeNames: Record<number, string> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  408: 'RequestTimeout',
  409: 'Conflict',
  410: 'Gone',
  412: 'PreconditionFailed',
  413: 'RequestEntityTooLarge',
  424: 'FailedDependency',
  429: 'TooManyRequests',
  431: 'RequestHeaderFieldsTooLarge',
  449: 'RetryWith',
  500: 'InternalServerError',
  501: 'NotImplemented',
  503: 'ServiceUnavailable',
}

/** The word the service puts in `code` of an error body. */
export function codeName(status: number): string {
  return codeNames[status] ?? 'Unknown'
}

type Details = { substatus?: number; retryAfterMs?: number; body?: Record<string, unknown> }

/** A refusal the way the service words it: status, optional substatus, and more members for the error body. */
export class CosmosError extends Error {
  readonly status: number
  readonly details: Details

  constructor(status: number, message: string, details: Details = {}) {
    // A refusal is an ordinary answer, and writing down where it was decided costs more than deciding it.
    const { stackTraceLimit } = Error
    Error.stackTraceLimit = 0
    super(message)
    Error.stackTraceLimit = stackTraceLimit
    this.status = status
    this.details = details
  }
}

export function badRequest(message: string, substatus?: number): CosmosError {
  return new CosmosError(400, message, substatus === undefined ? {} : { substatus })
}

export function notFound(
  message = 'Resource Not Found. Learn more: https://aka.ms/cosmosdb-tsg-not-found',
): CosmosError {
  return new CosmosError(404, `Message: {"Errors":["${message}"]}`)
}

/** What this emulator does not do is said by name, so that nobody takes an empty answer for the truth. */
export function notEmulated(feature: string): CosmosError {
  return new CosmosError(501, `${feature} is not emulated by local-cosmos.`)
}

/** What to say about an error that should not have happened. */
export function errorText(error: unknown): string {
  return `Defect in local-cosmos: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`
}

/** A range of this id is not there, or no longer: the client asks for the ranges again. */
export function gone(): CosmosError {
  return new CosmosError(410, 'The requested resource is no longer available at the server.', { substatus: 1002 })
}
