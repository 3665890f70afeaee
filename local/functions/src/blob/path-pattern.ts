import type { BindingData } from '../bindings/expression.ts'
import { literalPattern } from '../bindings/literal-pattern.ts'
import { StartError } from '../start-error.ts'

/** Which blobs a function waits for. */
export interface PathPattern {
  container: string
  /** What the names in the pattern stand for in some blob's name; undefined when the blob is not meant. */
  match(blobName: string): BindingData | undefined
}

/** A doubled brace is a brace, a single one begins or ends a name. */
const tokens = /(\{\{|\}\})|\{([^{}]*)\}|([^{}]+)|([{}])/g

/**
 * Parses `container/{name}.txt`, a path without names, or a container alone, which stands for all its blobs.
 * Throws a StartError for what cannot be a path.
 */
export function parsePathPattern(functionName: string, path: string): PathPattern {
  const wrong = (what: string) => new StartError(`Function "${functionName}": the path "${path}" ${what}.`)
  const slash = path.indexOf('/')
  const container = (slash === -1 ? path : path.slice(0, slash)).toLowerCase()
  if (!/^(\$root|\$logs|\$web|[a-z0-9](-?[a-z0-9])+)$/.test(container)) throw wrong('does not begin with a container')
  const blob = slash === -1 ? '' : path.slice(slash + 1)
  if (blob === '') return { container, match: () => ({}) }
  const names: string[] = []
  const pieces = [...blob.matchAll(tokens)].map(([, escaped, name, literal, stray]) => {
    if (stray) throw wrong('has a brace without its other one')
    if (name === undefined) return literalPattern(escaped ? escaped.slice(0, 1) : (literal ?? ''))
    if (!/^[\p{L}_][\p{L}\p{N}_-]*$/u.test(name)) throw wrong(`has a name this host does not know: "{${name}}"`)
    names.push(name)
    return '(.*)'
  })
  const expression = new RegExp(`^${pieces.join('')}$`)
  return {
    container,
    match(blobName) {
      const found = expression.exec(blobName)
      return found ? Object.fromEntries(names.map((name, index) => [name, found[index + 1] ?? ''])) : undefined
    },
  }
}
