import { hash } from 'node:crypto'

/** 128 bits that stand for a text, as four words. The array is used again for the next text. */
export type Fingerprint = Uint32Array

export type Fingerprints = (text: string) => Fingerprint

/**
 * Fingerprints under a key of this run alone: the first half of a SHA-256. Among n ids two share one with a
 * probability of about n² / 2^129 (for ten million ids: 10^-25), and nobody who wrote an item could know the key.
 */
export function fingerprints(key: string): Fingerprints {
  const words = new Uint32Array(4)
  return text => {
    const bytes = hash('sha256', key + text, 'binary')
    for (let word = 0; word < 4; word++) {
      const at = word * 4
      words[word] =
        bytes.charCodeAt(at) |
        (bytes.charCodeAt(at + 1) << 8) |
        (bytes.charCodeAt(at + 2) << 16) |
        (bytes.charCodeAt(at + 3) << 24)
    }
    return words
  }
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** The bits of a UUID themselves, so that an account can be named again; undefined for what is none. */
export function uuidBits(id: string): Fingerprint | undefined {
  if (!UUID.test(id)) return undefined
  const hex = id.replaceAll('-', '')
  return Uint32Array.of(...[0, 8, 16, 24].map(at => Number.parseInt(hex.slice(at, at + 8), 16)))
}

export function uuidOf(bits: ArrayLike<number>): string {
  const hex = [0, 1, 2, 3].map(at => (bits[at] ?? 0).toString(16).padStart(8, '0')).join('')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
