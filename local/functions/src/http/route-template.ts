import { literalPattern } from '../bindings/literal-pattern.ts'
import { StartError } from '../start-error.ts'

/** One piece of a route between two slashes. */
type Segment =
  | { kind: 'literal'; text: string }
  | { kind: 'parameter'; name: string; optional: boolean; initial?: string; accepts: Accepts[]; rule: string }
  | { kind: 'mixed'; pattern: RegExp; names: string[]; source: string }
  | { kind: 'rest'; name: string; initial?: string }

type Accepts = (value: string) => boolean

/** A parsed route such as `accounts/{id:guid}/lines/{line?}`. */
export interface RouteTemplate {
  text: string
  /** Equal for two routes that match the same paths. */
  shape: string
  /** Smaller is tried first: literals before constrained parameters before parameters before the rest. */
  precedence: string
  match(parts: string[]): Record<string, string> | undefined
}

const whole = /^[-+]?\d+$/
const number = /^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/
const guid = /^[({]?[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}[)}]?$/i

const plainConstraints: Record<string, Accepts> = {
  int: text => whole.test(text) && Math.abs(Number(text)) <= 2 ** 31,
  long: text => whole.test(text),
  decimal: text => number.test(text),
  double: text => number.test(text),
  float: text => number.test(text),
  bool: text => /^(true|false)$/i.test(text),
  guid: text => guid.test(text),
  alpha: text => /^[a-z]*$/i.test(text),
  datetime: text => !Number.isNaN(Date.parse(text)),
  required: text => text !== '',
}

const constraintsWithArguments: Record<string, (argument: string) => Accepts> = {
  minlength: least => text => text.length >= Number(least),
  maxlength: most => text => text.length <= Number(most),
  length: range => {
    const [least, most = least] = range.split(',').map(Number)
    return text => text.length >= Number(least) && text.length <= Number(most)
  },
  min: least => text => whole.test(text) && Number(text) >= Number(least),
  max: most => text => whole.test(text) && Number(text) <= Number(most),
  range: range => {
    const [least, most] = range.split(',').map(Number)
    return text => whole.test(text) && Number(text) >= Number(least) && Number(text) <= Number(most)
  },
  regex: pattern => {
    const expression = new RegExp(pattern.replaceAll('{{', '{').replaceAll('}}', '}'), 'i')
    return text => expression.test(text)
  },
}

/** Parses an ASP.NET route template. Throws a StartError for one that ASP.NET would refuse. */
export function parseRouteTemplate(template: string): RouteTemplate {
  const text = template.replace(/^\/+|\/+$/g, '')
  const segments = text === '' ? [] : splitSegments(text).map(part => parseSegment(part, template))
  const rest = segments.findIndex(segment => segment.kind === 'rest')
  if (rest !== -1 && rest !== segments.length - 1) {
    throw new StartError(`Route "${template}": a catch-all parameter can only be the last segment.`)
  }
  return {
    text,
    shape: segments.map(shapeOf).join('/'),
    precedence: segments.map(rankOf).join(''),
    match: parts => matchSegments(segments, parts),
  }
}

/** Slashes inside braces belong to a constraint. */
function splitSegments(text: string): string[] {
  return text.match(/(?:\{(?:\{\{|\}\}|[^{}])*\}|[^/{])+/g) ?? []
}

function parseSegment(part: string, template: string): Segment {
  if (!part.includes('{')) return { kind: 'literal', text: part.toLowerCase() }
  const only = /^\{((?:\{\{|\}\}|[^{}])*)\}$/.exec(part)
  if (!only) return parseMixed(part, template)
  const inner = only[1] ?? ''
  if (inner.startsWith('*')) {
    const [name = '', initial] = inner.replace(/^\*\*?/, '').split('=')
    return { kind: 'rest', name, ...(initial === undefined ? {} : { initial }) }
  }
  return parseParameter(inner, template)
}

function parseParameter(inner: string, template: string): Segment {
  const match = /^([^:=?*{}/]+)((?::[a-zA-Z]+(?:\((?:[^()]|\([^()]*\))*\))?)*)(\?|=(.*))?$/.exec(inner)
  if (!match) throw new StartError(`Route "${template}": "{${inner}}" is not a valid parameter.`)
  const [, name = '', rule = '', end, initial] = match
  const accepts = [...rule.matchAll(/:([a-zA-Z]+)(?:\(((?:[^()]|\([^()]*\))*)\))?/g)].map(([, kind = '', argument]) => {
    const plain = argument === undefined ? plainConstraints[kind.toLowerCase()] : undefined
    const made =
      plain ?? (argument === undefined ? undefined : constraintsWithArguments[kind.toLowerCase()]?.(argument))
    if (!made) throw new StartError(`Route "${template}": the constraint "${kind}" is unknown.`)
    return made
  })
  return {
    kind: 'parameter',
    name,
    optional: end !== undefined,
    ...(initial === undefined ? {} : { initial }),
    accepts,
    rule: rule.toLowerCase(),
  }
}

function parseMixed(part: string, template: string): Segment {
  const names: string[] = []
  const source = part.replace(/\{([^{}]*)\}|[^{}]+/g, (piece, name?: string) => {
    if (name === undefined) return literalPattern(piece)
    if (!/^\w+$/.test(name)) {
      throw new StartError(`Route "${template}": "{${name}}" may not have a constraint beside other text.`)
    }
    names.push(name)
    return '(.+)'
  })
  return { kind: 'mixed', pattern: new RegExp(`^${source}$`, 'i'), names, source: source.toLowerCase() }
}

function shapeOf(segment: Segment): string {
  if (segment.kind === 'literal') return segment.text
  if (segment.kind === 'mixed') return segment.source
  if (segment.kind === 'rest') return '{*}'
  return `{${segment.rule}${segment.optional ? '?' : ''}}`
}

function rankOf(segment: Segment): string {
  if (segment.kind === 'literal') return '1'
  if (segment.kind === 'mixed') return '2'
  if (segment.kind === 'rest') return '5'
  return segment.accepts.length > 0 ? '3' : '4'
}

function matchSegments(segments: Segment[], parts: string[]): Record<string, string> | undefined {
  const last = segments.at(-1)
  if (parts.length > segments.length && last?.kind !== 'rest') return undefined
  const found: Record<string, string> = {}
  for (let index = 0; index < segments.length; index++) {
    const segment = segments[index] as Segment
    const part = parts[index]
    if (segment.kind === 'rest') {
      const value = parts.slice(index).join('/') || segment.initial
      if (value !== undefined) found[segment.name] = value
    } else if (!matchOne(segment, part, found)) return undefined
  }
  return found
}

function matchOne(
  segment: Exclude<Segment, { kind: 'rest' }>,
  part: string | undefined,
  found: Record<string, string>,
): boolean {
  if (segment.kind === 'literal') return part !== undefined && part.toLowerCase() === segment.text
  if (segment.kind === 'mixed') {
    const match = part === undefined ? null : segment.pattern.exec(part)
    if (!match) return false
    for (const [index, name] of segment.names.entries()) found[name] = match[index + 1] ?? ''
    return true
  }
  if (part === undefined) {
    // A parameter that is not there is not passed, unless the route gives it a value.
    if (segment.initial !== undefined) found[segment.name] = segment.initial
    return segment.optional
  }
  found[segment.name] = part
  return segment.accepts.every(accepts => accepts(part))
}
