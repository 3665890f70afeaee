import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Address } from './address.ts'
import { CosmosError, notEmulated } from './errors.ts'
import type { CosmosRequest } from './exchange.ts'

const allowedClockDifferenceMs = 15 * 60 * 1000

const unauthorized =
  "The input authorization token can't serve the request. The wrong key is being used or the expected payload is not built as per the protocol."

/**
 * Checks the master key signature: HMAC-SHA256 over verb, resource type, link and date. 401 if it is missing or wrong,
 * 403 if the date is more than 15 minutes off. The date is the caller's real clock, so the real clock judges it.
 */
export function checkAuthorization(request: CosmosRequest, address: Address, key: Buffer): void {
  const { authorization } = request.headers
  const date = request.headers['x-ms-date'] ?? request.headers.date ?? ''
  const proof = [request.method, request.path, date, authorization].join('\n')
  if (proven.get(proof) !== key) {
    checkSignature(request, address, { date, key })
    if (proven.size >= mostProven) proven.clear()
    proven.set(proof, key)
  }
  const difference = Math.abs(Date.now() - Date.parse(date))
  if (!(difference <= allowedClockDifferenceMs)) {
    throw new CosmosError(
      403,
      'The authorization token is not valid at the current time. Please verify that the date is right.',
    )
  }
}

/** Signatures found right before. A date has whole seconds, so one signature comes with many requests. */
const proven = new Map<string, Buffer>()
const mostProven = 1_000

function checkSignature(request: CosmosRequest, address: Address, { date, key }: { date: string; key: Buffer }): void {
  const token = decodeToken(request.headers.authorization)
  if (token.get('type') === 'aad') throw notEmulated('Microsoft Entra authorization')
  if (token.get('type') !== 'master' || token.get('ver') !== '1.0') throw new CosmosError(401, unauthorized)
  const given = Buffer.from(token.get('sig') ?? '', 'base64')
  const isRight = address.links.some(link => {
    const payload = `${request.method.toLowerCase()}\n${address.type}\n${link}\n${date.toLowerCase()}\n\n`
    const expected = createHmac('sha256', key).update(payload).digest()
    return given.length === expected.length && timingSafeEqual(given, expected)
  })
  if (!isRight) throw new CosmosError(401, unauthorized)
}

/** Split at the first `=` of each part: a base64 signature ends in `=`, and its `+` must stay a `+`. */
function decodeToken(header: string | undefined): Map<string, string> {
  if (header === undefined || header === '') {
    throw new CosmosError(
      401,
      "Required Header 'authorization' is missing. Ensure a valid Authorization token is passed.",
    )
  }
  let text: string
  try {
    text = decodeURIComponent(header)
  } catch {
    throw new CosmosError(401, unauthorized)
  }
  return new Map(text.split('&').map(part => [part.slice(0, part.indexOf('=')), part.slice(part.indexOf('=') + 1)]))
}
