import { randomUUID } from 'node:crypto'
import { StartError } from '../start-error.ts'

/** What `{name}` in a binding stands for during one invocation: of the trigger, its message and its address. */
export type BindingData = Readonly<Record<string, unknown>>

/** A text with `{name}` in it. */
export interface Expression {
  /** Throws when a name stands for nothing. */
  resolve(data: BindingData): string
}

/** Formats of `{rand-guid:…}`, as .NET writes them. */
const guidFormats: Record<string, (guid: string) => string> = {
  D: guid => guid,
  N: guid => guid.replaceAll('-', ''),
  B: guid => `{${guid}}`,
  P: guid => `(${guid})`,
}

/**
 * Parses a binding's text: `{name}`, `{a.b}`, `{DateTime}`, `{rand-guid}` and its formats.
 * Throws a StartError for what this host does not know. Facts:
 * https://learn.microsoft.com/azure/azure-functions/functions-bindings-expressions-patterns
 */
export function parseExpression(functionName: string, text: string): Expression {
  const pieces = text.split(/\{([^{}]*)\}/)
  const parts = pieces.map((piece, index) => (index % 2 === 0 ? () => piece : parameter(functionName, piece)))
  return { resolve: data => parts.map(part => part(data)).join('') }
}

function parameter(functionName: string, name: string): (data: BindingData) => string {
  const [plain = '', format] = name.split(':', 2)
  const kind = plain.trim().toLowerCase()
  const wrong = () => new StartError(`Function "${functionName}": "{${name}}" is not emulated by this host.`)
  if (kind === 'rand-guid' || kind === 'sys.randguid') {
    const write = guidFormats[format ?? 'D']
    if (!write) throw wrong()
    return () => write(randomUUID())
  }
  if (format !== undefined) throw wrong()
  if (kind === 'datetime' || kind === 'sys.utcnow') {
    return () => new Date().toISOString().replace(/\.\d+/, '').replaceAll(':', '-')
  }
  if (kind === 'sys.methodname') return () => functionName
  const path = plain.trim().split('.')
  return data => {
    const found = path.reduce<unknown>(memberOf, data)
    if (found === undefined || found === null) throw new Error(`No value for named parameter '${plain}'.`)
    return typeof found === 'object' ? JSON.stringify(found) : String(found)
  }
}

/** A member by its name in any letter case, the exact one first. */
function memberOf(value: unknown, name: string): unknown {
  if (value === null || typeof value !== 'object') return undefined
  const members = value as Record<string, unknown>
  if (Object.hasOwn(members, name)) return members[name]
  const lower = name.toLowerCase()
  const found = Object.keys(members).find(key => key.toLowerCase() === lower)
  return found === undefined ? undefined : members[found]
}

/** The members of a JSON text when it is an object: a message's members can be named in bindings. */
export function membersOf(text: string): BindingData {
  try {
    const value: unknown = JSON.parse(text)
    return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as BindingData) : {}
  } catch {
    return {}
  }
}
