/** How long transfers took, in milliseconds: half of them, 95 and 99 of a hundred, and the slowest. */
export type Latency = { readonly p50: number; readonly p95: number; readonly p99: number; readonly max: number }

/** From the first request until every transfer was decided. */
export type Speed = {
  readonly transfers: number
  readonly seconds: number
  readonly perSecond: number
  /** From sending a request to its completed answer; undefined when no answer came completed. */
  readonly latency?: Latency
}

/** Nearest-rank percentiles. */
export function latencyOf(milliseconds: readonly number[]): Latency | undefined {
  if (milliseconds.length === 0) return undefined
  const sorted = Float64Array.from(milliseconds).sort()
  const at = (percent: number) => sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? 0
  return { p50: at(50), p95: at(95), p99: at(99), max: at(100) }
}
