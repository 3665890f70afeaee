import { hash } from 'node:crypto'

/** 128 bits that stand for a text, as four words. The array is used again for the next text. */
export type Fingerprint = Uint32Array

export type Fingerprints = (text: string) => Fingerprint

/**
 * Fingerprints of texts: of a command or transfer id its own bits, of all else the first half of a SHA-256 under a key of
 * this run alone. Among n texts two share one with a
 * probability of about n² / 2^129 (for ten million ids: 10^-25), and nobody who wrote an item could know the key.
 */
export function fingerprints(key: string): Fingerprints {
  const words = new Uint32Array(4)
  return text => {
    if (readCommandId(text, words)) return words
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

/** Values of hexadecimal digits by character code; 16 for anything else. */
const DIGITS = new Uint8Array(128).fill(16)
for (const [value, digit] of [...'0123456789abcdef'].entries()) DIGITS[digit.charCodeAt(0)] = value

/** Where the digits of a UUID are, eight for each word. */
const PLACES = [
  0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 14, 15, 16, 17, 19, 20, 21, 22, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35,
]
const DASH = 45
const LENGTH = 36

/** Reads the bits of the UUID that begins there; false for what is none. */
function readUuid(text: string, start: number, words: Uint32Array): boolean {
  for (const dash of [8, 13, 18, 23]) if (text.charCodeAt(start + dash) !== DASH) return false
  for (let word = 0; word < 4; word++) {
    let bits = 0
    for (let digit = word * 8; digit < word * 8 + 8; digit++) {
      const value = DIGITS[text.charCodeAt(start + (PLACES[digit] ?? 0))] ?? 16
      if (value > 15) return false
      bits = (bits << 4) | value
    }
    words[word] = bits
  }
  return true
}

/** The bits of a UUID themselves, so that an account can be named again; undefined for what is none. */
export function uuidBits(id: string): Fingerprint | undefined {
  const words = new Uint32Array(4)
  return id.length === LENGTH && readUuid(id, 0, words) ? words : undefined
}

/** What a command id may end in after its two UUIDs. */
const SUFFIXES = ['', '.receive', '.return', '.expire']

/**
 * Reads the words for a command or transfer id: its second UUID, which is a hash of what names the command, and its
 * suffix. In a sound store no two ids share them, and whoever makes two that do is found by it; contents are compared
 * with their whole ids. False for a text that is no such id.
 */
function readCommandId(text: string, words: Uint32Array): boolean {
  if (text.length > LONGEST || text.charCodeAt(LENGTH) !== UNDERSCORE) return false
  const suffix = text.length === SECOND + LENGTH ? 0 : SUFFIXES.indexOf(text.slice(SECOND + LENGTH))
  if (suffix < 0 || !readUuid(text, SECOND, words)) return false
  words[3] = (words[3] ?? 0) ^ (suffix << 30)
  return true
}

const UNDERSCORE = 95
const SECOND = LENGTH + 1
const LONGEST = SECOND + LENGTH + '.receive'.length

export function uuidOf(bits: ArrayLike<number>): string {
  const hex = [0, 1, 2, 3].map(at => (bits[at] ?? 0).toString(16).padStart(8, '0')).join('')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
