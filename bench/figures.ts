/** How many a second, and the 99th of a hundred, in milliseconds. */
export type Figure = { readonly perSecond: number; readonly p99: number }

/** Does a piece of work for each number, so many at a time. */
export async function timed(
  numbers: readonly number[],
  width: number,
  work: (n: number) => Promise<unknown>,
): Promise<Figure> {
  const took: number[] = []
  const began = performance.now()
  const waiting = numbers.values()
  const one = async () => {
    for (const n of waiting) {
      const start = performance.now()
      await work(n)
      took.push(performance.now() - start)
    }
  }
  await Promise.all(Array.from({ length: width }, one))
  return { perSecond: (numbers.length / (performance.now() - began)) * 1000, p99: p99Of(took) }
}

export function p99Of(took: number[]): number {
  took.sort((a, b) => a - b)
  return took[Math.floor(took.length * 0.99)] ?? 0
}
