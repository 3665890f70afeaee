import { StartError } from './start-error.ts'
import { parseTimeSpan } from './time-span.ts'

/** The members of an app's `host.json`, by paths such as `extensions:http:routePrefix` in any letter case. */
export interface Configuration {
  text(path: string, initial: string): string
  flag(path: string, initial: boolean): boolean
  /** Throws a StartError for a number outside its bounds. */
  wholeNumber(path: string, bounds: { initial: number; least: number; most?: number }): number
  /** Milliseconds. */
  timeSpan(path: string, initial: number): number
  has(path: string): boolean
  /** The members below a path, by the rest of their path as it was written. */
  below(path: string): Map<string, string>
}

/** App settings with this in front replace members of `host.json`, so that one file serves several places. */
const overrides = /^AzureFunctionsJobHost(?:__|:)(.+)$/i

interface Member {
  path: string
  value: string
}

/**
 * Reads `host.json` as the service does: every value is a text under its path, and settings named
 * `AzureFunctionsJobHost__a__b` win over it.
 *
 * @param file is named in errors
 */
export function readConfiguration(file: string, json: object, settings: NodeJS.ProcessEnv): Configuration {
  const members = new Map<string, Member>()
  const put = (path: string, value: string) => members.set(path.toLowerCase(), { path, value })
  flatten(json, [], put)
  for (const [name, value] of Object.entries(settings)) {
    const path = overrides.exec(name)?.[1]?.replaceAll('__', ':')
    if (path !== undefined && value !== undefined) put(path, value)
  }
  const find = (path: string) => members.get(path.toLowerCase())?.value
  const wrong = (path: string, what: string) =>
    new StartError(`${file}: "${path.replaceAll(':', '.')}" must be ${what}.`)
  return {
    text: (path, initial) => find(path) ?? initial,
    flag(path, initial) {
      const found = find(path)?.toLowerCase()
      if (found === undefined) return initial
      if (found !== 'true' && found !== 'false') throw wrong(path, 'true or false')
      return found === 'true'
    },
    wholeNumber(path, { initial, least, most = Number.MAX_SAFE_INTEGER }) {
      const found = find(path)
      const value = found === undefined ? initial : /^-?\d+$/.test(found) ? Number(found) : Number.NaN
      if (value >= least && value <= most) return value
      throw wrong(path, `a whole number from ${least}${most === Number.MAX_SAFE_INTEGER ? '' : ` to ${most}`}`)
    },
    timeSpan(path, initial) {
      const found = find(path)
      const length = found === undefined ? initial : parseTimeSpan(found)
      if (length === undefined) throw wrong(path, 'a time span such as "00:05:00"')
      return length
    },
    has: path => find(path) !== undefined,
    below(path) {
      const start = `${path.toLowerCase()}:`
      const found = [...members].filter(([lower]) => lower.startsWith(start))
      return new Map(found.map(([, member]) => [member.path.slice(start.length), member.value]))
    },
  }
}

function flatten(value: unknown, path: string[], put: (path: string, value: string) => void): void {
  if (value !== null && typeof value === 'object') {
    for (const [name, member] of Object.entries(value)) flatten(member, [...path, name], put)
  } else if (value !== null && value !== undefined) put(path.join(':'), String(value))
}
