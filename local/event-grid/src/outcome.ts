/** How an attempt ended. `reason` is Event Grid's name for it; `status` is there when the endpoint answered. */
export interface Outcome {
  delivered: boolean
  reason: string
  status?: number
}

/** Milliseconds an endpoint has to answer. */
export const answerTimeout = 30_000

/** The endpoint did not answer in time. */
export class TimeoutError extends Error {}

const reasons: Record<number, string> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'NotFound',
  408: 'TimedOut',
  413: 'PayloadTooLarge',
  429: 'Busy',
  503: 'Busy',
}

/** What a status means; only 200 to 204 are success. */
export function outcomeOf(status: number): Outcome {
  const delivered = status >= 200 && status <= 204
  return { delivered, reason: delivered ? 'Delivered' : (reasons[status] ?? 'GenericError'), status }
}

/** What it means that there was no answer. */
export function outcomeWithoutAnswer(error: unknown): Outcome {
  if (error instanceof TimeoutError) return { delivered: false, reason: 'TimedOut' }
  const unresolved = ['ENOTFOUND', 'EAI_AGAIN'].some(code => String(error).includes(code) || codeOf(error) === code)
  return { delivered: false, reason: unresolved ? 'ResolutionError' : 'SocketError' }
}

function codeOf(error: unknown): unknown {
  return error !== null && typeof error === 'object' && 'code' in error ? error.code : undefined
}
