import type { Binding } from '../core-api.ts'
import type { LoadedFunction } from '../invoke.ts'
import { isDisabled } from '../settings.ts'
import { StartError } from '../start-error.ts'
import { parseRouteTemplate, type RouteTemplate } from './route-template.ts'

/** Who may call a function. */
export type AuthLevel = 'anonymous' | 'function' | 'admin'

/** A function that answers HTTP requests. */
export interface HttpFunction {
  target: LoadedFunction
  template: RouteTemplate
  /** Upper case; empty for every method. */
  methods: string[]
  authLevel: AuthLevel
  /** Only the master key still opens it. */
  disabled: boolean
}

/** All routes of all apps behind one address. */
export interface RouteTable {
  add(target: LoadedFunction, trigger: Binding): void
  /** The function for a method and a path without query, or nothing: then the answer is 404. */
  find(method: string, path: string): { http: HttpFunction; params: Record<string, string> } | undefined
}

/** An empty table. `add` throws a StartError for a bad, reserved or doubled route. */
export function createRouteTable(): RouteTable {
  const routes: HttpFunction[] = []
  return {
    add(target, trigger) {
      const added = httpFunction(target, trigger)
      for (const other of routes) {
        if (other.template.shape === added.template.shape && overlap(other.methods, added.methods)) {
          throw new StartError(
            `Functions "${other.target.name}" and "${target.name}" both answer ${added.methods.join(', ') || 'every method'} /${added.template.text}.`,
          )
        }
      }
      routes.push(added)
      routes.sort((a, b) => (a.template.precedence < b.template.precedence ? -1 : 1))
    },
    find(method, path) {
      const parts = splitPath(path)
      if (!parts) return undefined
      for (const http of routes) {
        if (http.methods.length > 0 && !http.methods.includes(method)) continue
        const params = http.template.match(parts)
        if (params) return { http, params }
      }
      return undefined
    },
  }
}

function httpFunction(target: LoadedFunction, trigger: Binding): HttpFunction {
  const route = typeof trigger.route === 'string' && trigger.route !== '' ? trigger.route : target.name
  const own = route.replace(/^\/+/, '')
  if (/^(admin|runtime(\/|$))/i.test(own)) {
    throw new StartError(`Function "${target.name}": the route "${route}" conflicts with built-in routes.`)
  }
  const authLevel = String(trigger.authLevel ?? 'function').toLowerCase()
  if (authLevel !== 'anonymous' && authLevel !== 'function' && authLevel !== 'admin') {
    throw new StartError(`Function "${target.name}": unknown authLevel "${authLevel}".`)
  }
  const methods = Array.isArray(trigger.methods) ? trigger.methods.map(method => String(method).toUpperCase()) : []
  const { routePrefix } = target.app.hostJson
  const template = parseRouteTemplate(routePrefix ? `${routePrefix}/${own}` : own)
  return { target, template, methods, authLevel, disabled: isDisabled(target.name, target.app.settings) }
}

function overlap(one: string[], other: string[]): boolean {
  return one.length === 0 || other.length === 0 || one.some(method => other.includes(method))
}

function splitPath(path: string): string[] | undefined {
  const parts = path.split('/')
  parts.shift()
  if (parts.at(-1) === '') parts.pop()
  if (!path.includes('%')) return parts
  try {
    return parts.map(decodeURIComponent)
  } catch {
    return undefined
  }
}
