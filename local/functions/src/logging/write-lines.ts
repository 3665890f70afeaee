import type { Log, LogEntry } from '../core-api.ts'

/** How log lines look: for people, or an object of JSON each. */
export type LogFormat = 'text' | 'json'

const severe = new Set(['warning', 'error', 'critical'])

/** Writes each entry as a line: warnings and errors to standard error, everything else to standard output. */
export function lineLog(format: LogFormat): Log {
  const text = format === 'json' ? asJson : asText
  return entry => {
    const stream = severe.has(entry.level) ? process.stderr : process.stdout
    stream.write(`${text(entry)}\n`)
  }
}

function asText({ at, level, message, functionName, category }: LogEntry): string {
  const place = functionName ?? category
  return `${new Date(at).toISOString()} ${level} [${place}] ${message}`
}

function asJson({ at, ...entry }: LogEntry): string {
  return JSON.stringify({ timestamp: new Date(at).toISOString(), ...entry })
}
