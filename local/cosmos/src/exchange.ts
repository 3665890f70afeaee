import { randomUUID } from 'node:crypto'
import { errorCharge, roundCharge, smallestCharge } from './charges.ts'
import { CosmosError, codeName, errorText } from './errors.ts'
import { rowVersion } from './operations/batches/hybrid-row/record-io.ts'

/** One request, whichever door it came through. Header names are in lower case, `path` is as on the wire. */
export type CosmosRequest = {
  method: string
  path: string
  /** Scheme and host the caller used, echoed in the account document. */
  origin: string
  headers: Record<string, string | undefined>
  body: string
  /** The body of a batch in the binary format, which is no text; `body` is empty then. */
  rows?: Buffer
}

/** `body` is text, or the bytes of a binary answer. */
export type CosmosAnswer = { status: number; headers: Record<string, string>; body: string | Buffer }

/** A body as it came: the first byte tells the binary format of batches from text. */
export function receivedBody(bytes: Buffer): Pick<CosmosRequest, 'body' | 'rows'> {
  return bytes[0] === rowVersion ? { body: '', rows: bytes } : { body: bytes.toString('utf8') }
}

/** `charge` in request units; 1 unless said otherwise. */
type Extras = { charge?: number; headers?: Record<string, string> }

/** An answer with a JSON body (an object is serialised, text and bytes are taken as they are). */
export function answer(status: number, body: unknown, extras: Extras = {}): CosmosAnswer {
  const isReady = typeof body === 'string' || Buffer.isBuffer(body)
  const content = isReady ? body : body === undefined ? '' : JSON.stringify(body)
  const charge = String(roundCharge(extras.charge ?? smallestCharge))
  return { status, headers: { 'x-ms-request-charge': charge, ...extras.headers }, body: content }
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
  headers['content-type'] = typeof given.body === 'string' ? 'application/json' : 'application/octet-stream'
  return given
}
