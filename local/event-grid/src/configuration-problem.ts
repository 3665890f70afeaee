import type { z } from 'zod'

type Issue = z.core.$ZodIssue
type Path = readonly PropertyKey[]

/** Says in one sentence what is wrong with a configuration, and in which topic and subscription. */
export function describeProblem(issue: Issue | undefined, value: unknown): string {
  if (!issue) return 'The configuration is wrong.'
  const { where, rest } = locate(issue.path, value)
  return `${where}${sentence(issue, rest)}`
}

/** Turns `topics[0].subscriptions[2]` at the beginning of a path into the names people gave. */
function locate(path: Path, value: unknown): { where: string; rest: Path } {
  const topic = path[0] === 'topics' && typeof path[1] === 'number' ? at(value, path.slice(0, 2)) : undefined
  if (topic === undefined) return { where: 'The configuration: ', rest: path }
  const where = `Topic ${nameOf(topic, path[1])}`
  if (path[2] !== 'subscriptions' || typeof path[3] !== 'number') return { where: `${where}: `, rest: path.slice(2) }
  const subscription = nameOf(at(value, path.slice(0, 4)), path[3])
  return { where: `${where}, subscription ${subscription}: `, rest: path.slice(4) }
}

function sentence(issue: Issue, path: Path): string {
  if (issue.code === 'unrecognized_keys') return `"${[...path, issue.keys[0]].join('.')}" is not emulated.`
  if (issue.code === 'invalid_key' && issue.issues[0]) return `"${path.join('.')}" ${issue.issues[0].message}`
  // A message of our own goes on after the member's name; the parser's own is a sentence of its own.
  const own = /^[a-z]/.test(issue.message)
  return `"${path.join('.')}"${own ? ' ' : ': '}${issue.message}`
}

function nameOf(value: unknown, index: PropertyKey | undefined): string {
  const name = value !== null && typeof value === 'object' && 'name' in value ? value.name : undefined
  return typeof name === 'string' ? `"${name}"` : `number ${String(index)}`
}

function at(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (inside, key) =>
      inside !== null && typeof inside === 'object' ? (inside as Record<PropertyKey, unknown>)[key] : undefined,
    value,
  )
}
