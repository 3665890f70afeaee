import { type Settings, setting } from '../settings.ts'
import { StartError } from '../start-error.ts'
import type { Ncrontab } from './ncrontab.ts'

/** How far the clocks of a place are ahead of UTC at some moment, in milliseconds. */
export type TimeZone = (at: number) => number

const day = 24 * 60 * 60_000

/**
 * Where an app's clocks hang: the setting `WEBSITE_TIME_ZONE`, as Azure takes it on Linux, else UTC.
 * Throws a StartError for a name this machine does not know, such as those of Windows.
 */
export function timeZoneOf(functionName: string, settings: Settings): TimeZone {
  const name = setting(settings, 'WEBSITE_TIME_ZONE')
  if (name === undefined || name === '' || name === 'UTC') return () => 0
  let format: Intl.DateTimeFormat
  try {
    const numeric = { year: 'numeric', month: 'numeric', day: 'numeric' } as const
    const time = { hour: 'numeric', minute: 'numeric', second: 'numeric', hourCycle: 'h23' } as const
    format = new Intl.DateTimeFormat('en-US', { timeZone: name, ...numeric, ...time })
  } catch {
    throw new StartError(
      `Function "${functionName}": WEBSITE_TIME_ZONE "${name}" is not emulated by this host, only names such as "Europe/Berlin".`,
    )
  }
  return at => {
    const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]))
    const { year = 0, month = 1, day: date, hour, minute, second } = parts
    return Date.UTC(year, month - 1, date, hour, minute, second) - Math.floor(at / 1000) * 1000
  }
}

/**
 * The first moment of a schedule after another one, where clocks are put forward and back. What falls into the hour
 * that is left out comes an hour later; what falls into the hour that comes twice comes once, unless it recurs.
 */
export function nextInZone({ next, interval }: Ncrontab, zone: TimeZone, after: number): number | undefined {
  const offset = zone(after)
  let wall = next(after + offset)
  if (wall === undefined) return undefined
  const found = momentOf(wall, zone)
  const change = zone(found) - offset
  const comesTwice = isTwice(wall, zone)
  if (change !== 0 && (comesTwice || (interval && isTwice(after + offset, zone)))) return found + change
  if (interval || !comesTwice) return found
  while (wall !== undefined && isTwice(wall, zone)) wall = next(wall)
  return wall === undefined ? undefined : momentOf(wall, zone)
}

/** What may be meant by a wall-clock time: the moments by the clocks of the day before and of the day after. */
function candidates(wall: number, zone: TimeZone): number[] {
  const offsets = new Set([zone(wall - day), zone(wall + day)])
  return [...offsets].map(offset => wall - offset)
}

function isTwice(wall: number, zone: TimeZone): boolean {
  return candidates(wall, zone).filter(at => at + zone(at) === wall).length > 1
}

/** The later one where two are meant, and where none is. */
function momentOf(wall: number, zone: TimeZone): number {
  const all = candidates(wall, zone)
  const real = all.filter(at => at + zone(at) === wall)
  return real.length === 1 ? (real[0] as number) : Math.max(...all)
}
