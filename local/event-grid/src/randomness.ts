/** Numbers from 0 up to 1. */
export type Random = () => number

/**
 * Chance that can be repeated: what is drawn for a subject depends on the seed and the subject only, not on what was
 * drawn for others before, which depends on whose answer came first.
 */
export function seededChance(seed: number): (subject: string) => Random {
  return subject => mulberry32(hash(subject, seed))
}

/** FNV-1a, begun with the seed. */
function hash(text: string, seed: number): number {
  let mixed = (0x811c9dc5 ^ Math.imul(seed, 0x9e3779b1)) >>> 0
  for (let index = 0; index < text.length; index++) mixed = Math.imul(mixed ^ text.charCodeAt(index), 0x01000193) >>> 0
  return mixed
}

function mulberry32(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
