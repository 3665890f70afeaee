import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** What a publisher has to prove. */
interface Expected {
  key: string
  now: number
  /** The topic's address as the publisher wrote it. */
  resource: string
}

/** Why a publisher is turned away, or undefined when it may publish. */
export function refusal(request: IncomingMessage, key: string, now: number): string | undefined {
  const { authorization, host } = request.headers
  const resource = `http://${host}${request.url}`
  const given = request.headers['aeg-sas-key']
  if (typeof given === 'string') return same(given, key) ? undefined : 'The access key is not the key of this topic.'
  const signed = /^SharedAccessSignature /i.test(authorization ?? '') ? authorization?.slice(22) : undefined
  const token = request.headers['aeg-sas-token'] ?? signed
  if (typeof token === 'string') return tokenRefusal(token.trim(), { key, now, resource })
  if (authorization !== undefined) return 'Bearer tokens are not emulated by this topic; use a key or a SAS token.'
  return 'The request has neither aeg-sas-key nor aeg-sas-token.'
}

/** `r=<resource>&e=<expiry>&s=<signature of what comes before it>`. */
function tokenRefusal(token: string, { key, now, resource }: Expected): string | undefined {
  const end = token.lastIndexOf('&s=')
  if (end === -1) return 'The SAS token has no signature.'
  const unsigned = token.slice(0, end)
  const expected = createHmac('sha256', Buffer.from(key, 'base64')).update(unsigned).digest('base64')
  if (!same(decode(token.slice(end + 3)), expected)) return 'The signature of the SAS token is wrong.'
  const parts = new Map(unsigned.split('&').map(part => [part.slice(0, 2), decode(part.slice(2))]))
  if (addressOf(parts.get('r=') ?? '') !== addressOf(resource)) return 'The SAS token is for another resource.'
  return expiryOf(parts.get('e=') ?? '') > now ? undefined : 'The SAS token has expired.'
}

/** Without its query, which says a version. */
function addressOf(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined
  const { host, pathname } = new URL(url)
  return `${host}${pathname}`.toLowerCase()
}

/** Clients write `1/31/2025 11:59:00 PM` and mean UTC, or a time that says its zone. */
function expiryOf(text: string): number {
  return Date.parse(/(Z|[+-]\d\d:?\d\d)$/.test(text) ? text : `${text} UTC`)
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return ''
  }
}

/** Takes as long for a key that is nearly right as for one that is not. */
function same(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(expected))
}
