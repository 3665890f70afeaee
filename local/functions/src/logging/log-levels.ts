import type { LogLevel } from '@azure/functions'
import type { Configuration } from '../configuration.ts'
import { StartError } from '../start-error.ts'

/** Which log lines of an app are written. */
export interface LogLevels {
  /** Whether a line of this level in a category such as `Function.hello.User` is written. */
  writes(category: string, level: LogLevel): boolean
}

/** From least to most severe. `none` as a limit writes nothing. */
const order = ['trace', 'debug', 'information', 'warning', 'error', 'critical', 'none']
const information = order.indexOf('information')

/**
 * Takes `logging.logLevel` of `host.json`: the longest category that a line's category begins with decides,
 * then `default`, then Information. Throws a StartError for a level that is none.
 */
export function readLogLevels(file: string, configuration: Configuration): LogLevels {
  const limits = [...configuration.below('logging:logLevel')].map(([category, text]) => {
    const rank = order.indexOf(text.toLowerCase())
    if (rank === -1) throw new StartError(`${file}: "logging.logLevel.${category}" is no log level: ${text}.`)
    const [start = '', end = '', ...more] = category.toLowerCase().split('*')
    if (more.length > 0) throw new StartError(`${file}: "logging.logLevel.${category}" may have one "*" only.`)
    return { start, end, rank }
  })
  limits.sort((a, b) => b.start.length + b.end.length - a.start.length - a.end.length)
  const initial = limits.find(one => one.start === 'default')?.rank ?? information
  const found = new Map<string, number>()
  const rankOf = (category: string): number => {
    const lower = category.toLowerCase()
    return limits.find(({ start, end }) => lower.startsWith(start) && lower.endsWith(end))?.rank ?? initial
  }
  return {
    writes(category, level) {
      const rank = found.get(category) ?? rankOf(category)
      found.set(category, rank)
      return order.indexOf(level) >= rank
    },
  }
}
