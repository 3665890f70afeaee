/** How many a second, and the 99th of a hundred, in milliseconds. */
export type Figure = { readonly perSecond: number; readonly p99: number }

/** So many numbers in a row. */
export const numbers = (count: number, from: number) => Array.from({ length: count }, (_, n) => from + n)

/** Does a piece of work for each number, so many at a time. */
export async function inFlight(
  numbers: readonly number[],
  width: number,
  work: (n: number) => Promise<unknown>,
): Promise<void> {
  const waiting = numbers.values()
  const one = async () => {
    for (const n of waiting) await work(n)
  }
  await Promise.all(Array.from({ length: width }, one))
}

/** The same, and how fast it was. */
export async function timed(
  numbers: readonly number[],
  width: number,
  work: (n: number) => Promise<unknown>,
): Promise<Figure> {
  const took: number[] = []
  const began = performance.now()
  await inFlight(numbers, width, async n => {
    const start = performance.now()
    await work(n)
    took.push(performance.now() - start)
  })
  return { perSecond: (numbers.length / (performance.now() - began)) * 1000, p99: p99Of(took) }
}

export function p99Of(took: number[]): number {
  took.sort((a, b) => a - b)
  return took[Math.floor(took.length * 0.99)] ?? 0
}
