import { readFileSync } from 'node:fs'
import type { Fault } from './faults.ts'
import { isObject } from './json.ts'
import { operationNames } from './routes.ts'

const isWhole = (least: number) => (value: unknown) => Number.isInteger(value) && (value as number) >= least
const isText = (value: unknown) => typeof value === 'string'

const members: Record<keyof Fault, (value: unknown) => boolean> = {
  operation: value => operationNames.has(value as string),
  container: isText,
  method: isText,
  nth: isWhole(1),
  probability: value => typeof value === 'number' && value >= 0 && value <= 1,
  seed: isWhole(0),
  times: isWhole(1),
  status: value => isWhole(400)(value) && (value as number) < 600,
  substatus: isWhole(0),
  retryAfterMs: isWhole(0),
  when: value => value === 'before' || value === 'after',
  latencyMs: isWhole(0),
  loseAnswer: value => typeof value === 'boolean',
}

/**
 * Reads rules for faults from a file: a JSON array of what `Fault` describes.
 * Throws an error that names the rule and the member that is wrong; a rule that can never fit is wrong too.
 */
export function readFaultFile(file: string): Fault[] {
  let rules: unknown
  try {
    rules = JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new Error(`${file} cannot be read: ${error instanceof Error ? error.message : error}`)
  }
  if (!Array.isArray(rules)) throw new Error(`${file} is no JSON array of rules.`)
  for (const [index, rule] of rules.entries()) {
    const wrong = wrongMember(rule)
    if (wrong !== undefined) throw new Error(`Rule ${index + 1} of ${file}: ${wrong} is missing, unknown or not valid.`)
  }
  return rules as Fault[]
}

function wrongMember(rule: unknown): string | undefined {
  if (!isObject(rule) || rule.operation === undefined) return 'operation'
  return Object.keys(rule).find(name => !Object.hasOwn(members, name) || !members[name as keyof Fault](rule[name]))
}
