import { createHash } from 'node:crypto'

/** The extension's namespace for such ids. */
const namespace = Buffer.from('9e9529585e334daf827f2fa12937b875', 'hex')

/** An id that is the same in every replay, as RFC 4122 makes one from a name. */
export function deterministicGuid(name: string): string {
  const bytes = createHash('sha1').update(namespace).update(name).digest().subarray(0, 16)
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x50
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const hex = bytes.toString('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
