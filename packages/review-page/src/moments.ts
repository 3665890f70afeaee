const DAY = 24 * 3600 * 1000

/** A time in full, as the reader writes it. */
export function exactTime(iso: string, locale?: string): string {
  return new Date(iso).toLocaleString(locale, { dateStyle: 'medium', timeStyle: 'short' })
}

/** The time of the day alone. */
export function timeOfDay(iso: string, locale?: string): string {
  return new Date(iso).toLocaleTimeString(locale, { timeStyle: 'short' })
}

/** A time near the present: only as much of the date as is needed. */
export function nearTime(iso: string, now: number, locale?: string): string {
  const days = Math.round((startOfDay(Date.parse(iso)) - startOfDay(now)) / DAY)
  const name = { [-1]: 'yesterday', 0: 'today', 1: 'tomorrow' }[days]
  return name === undefined ? exactTime(iso, locale) : `${name} ${timeOfDay(iso, locale)}`
}

/** Midnight before this time, where the reader is; milliseconds since 1970. */
export function startOfDay(time: number): number {
  return new Date(time).setHours(0, 0, 0, 0)
}
