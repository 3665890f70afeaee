/** The shortest wait between two looks into a queue, in milliseconds. */
const shortest = 100

/**
 * The waits between looks that find nothing: doubling, each a fifth more or less by chance, up to `longest`.
 * Answers how long to wait next; after something was found it begins anew.
 */
export function pollingDelay(longest: number, random: () => number = Math.random): (found: boolean) => number {
  let current = 0
  let exponent = 0
  return found => {
    if (found) {
      current = shortest
      exponent = 1
    } else if (current !== longest) {
      const spread = 0.8 + random() * 0.4
      const next = shortest + (exponent > 0 ? spread * 2 ** (exponent - 1) * shortest : 0)
      current = Math.min(next, longest)
      if (next < longest) exponent++
    }
    return current
  }
}
