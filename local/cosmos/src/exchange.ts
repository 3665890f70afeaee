import { randomUUID } from 'node:crypto'
import { errorCharge, roundCharge, smallestCharge } from './charges.ts'
import { CosmosError, codeName, errorText } from './errors.ts'

/** One request, whichever door it came through. Header names are in lower case, `path` is as on the wire. */
export type CosmosRequest = {
  method: string
  path: string
  /** Scheme and host the caller used, echoed in the account document. */
  origin: string
  headers: Record<string, string | undefined>
  body: string
}

export type CosmosAnswer = { status: number; headers: Record<string, string>; body: string }

/** `charge` in request units; 1 unless said otherwise. */
type Extras = { charge?: number; headers?: Record<string, string> }

/** An answer with a JSON body (an object is serialised, text is taken as it is). */
export function answer(status: number, body: unknown, extras: Extras = {}): CosmosAnswer {
  const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body)
  const charge = String(roundCharge(extras.charge ?? smallestCharge))
  return { status, headers: { 'x-ms-request-charge': charge, ...extras.headers }, body: text }
}

/** The answer for a thrown error. Anything that is no CosmosError is a defect of the emulator: 500, and said so. */
export function errorAnswer(error: unknown): CosmosAnswer {
  const known = error instanceof CosmosError ? error : new CosmosError(500, errorText(error))
  const { substatus, retryAfterMs, body } = known.details
  const headers: Record<string, string> = {}
  if (substatus !== undefined) headers['x-ms-substatus'] = String(substatus)
  if (retryAfterMs !== undefined) headers['x-ms-retry-after-ms'] = String(retryAfterMs)
  const content = { code: codeName(known.status), message: known.message, ...body }
  return answer(known.status, content, { charge: errorCharge(known), headers })
}

/** Adds what every answer carries. The SDKs parse an error only with its content type and length. */
export function complete(given: CosmosAnswer): CosmosAnswer {
  const headers = given.headers
  headers['x-ms-activity-id'] = randomUUID()
  headers['x-ms-gatewayversion'] = '2.0.0'
  headers['x-ms-serviceversion'] = 'version=2.14.0.0'
  headers['content-type'] = 'application/json'
  return given
}
