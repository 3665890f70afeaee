import { createHash, createHmac } from 'node:crypto'
import { canonicalJson } from './canonical-json.ts'

/** SHA-256 in lower-case hex over the canonical JSON of a value. */
export function digestOf(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex')
}

/**
 * What stands for free text in commands and events: HMAC-SHA256 over its canonical JSON, keyed by a salt that is kept
 * with the text. Once text and salt are erased the digest says nothing any more.
 */
export function saltedDigest(salt: string, text: unknown): string {
  return createHmac('sha256', salt).update(canonicalJson(text)).digest('hex')
}
