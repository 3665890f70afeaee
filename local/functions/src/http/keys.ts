import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { AuthLevel } from './route-table.ts'

/** Keys that let callers in. Without a key of the right kind, a protected function answers 401 to everyone. */
export interface HostKeys {
  /** Opens everything. */
  master?: string
  /** Open every function of level `function`. */
  host?: string[]
  /** Open one function, by its name. */
  functions?: Record<string, string[]>
  /** Opens the Event Grid webhook; without it the webhook is open. */
  eventGrid?: string
  /** Opens the management API of task hubs; without it the API is open. */
  durable?: string
}

/** Compares two texts in a time that does not depend on where they differ. */
function sameKey(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(expected))
}

/** The key a request carries: the header wins over `?code=`. */
function keyOf(request: IncomingMessage): string | undefined {
  const header = request.headers['x-functions-key']
  if (typeof header === 'string') return header
  const query = request.url?.split('?', 2)[1]
  return query === undefined ? undefined : (new URLSearchParams(query).get('code') ?? undefined)
}

/** True when the request may call a function of this level. */
export function mayCall(
  request: IncomingMessage,
  level: AuthLevel,
  allowed: { keys: HostKeys; name: string },
): boolean {
  if (level === 'anonymous') return true
  const { keys, name } = allowed
  const accepted = [
    keys.master,
    ...(level === 'function' ? [...(keys.host ?? []), ...(keys.functions?.[name] ?? [])] : []),
  ]
  return carriesOneOf(request, accepted)
}

/** True when the request carries the master key. */
export function isAdmin(request: IncomingMessage, keys: HostKeys): boolean {
  return carriesOneOf(request, [keys.master])
}

/** True when Event Grid may deliver: with the system key or the master key, or when no system key is set. */
export function mayDeliver(request: IncomingMessage, keys: HostKeys): boolean {
  return keys.eventGrid === undefined || carriesOneOf(request, [keys.eventGrid, keys.master])
}

/** True when task hubs may be managed: with the system key or the master key, or when no system key is set. */
export function mayManage(request: IncomingMessage, keys: HostKeys): boolean {
  return keys.durable === undefined || carriesOneOf(request, [keys.durable, keys.master])
}

function carriesOneOf(request: IncomingMessage, accepted: (string | undefined)[]): boolean {
  const given = keyOf(request)
  if (given === undefined) return false
  return accepted.some(key => key !== undefined && sameKey(given, key))
}
