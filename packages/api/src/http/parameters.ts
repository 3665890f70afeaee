import { type AccountId, accountId, type CommandId, commandId, type TransferId, transferId } from '@remit/domain/ids'
import type { z } from 'zod'
import { invalidParameter } from './problems.ts'
import type { Request } from './request.ts'

export const accountIdIn = (request: Request): AccountId => pathParameter(request, accountId)
export const transferIdIn = (request: Request): TransferId => pathParameter(request, transferId)
export const operationIdIn = (request: Request): CommandId => pathParameter(request, commandId)

function pathParameter<Schema extends z.ZodType>(request: Request, schema: Schema): z.output<Schema> {
  const parsed = schema.safeParse(request.params.id)
  if (!parsed.success) throw invalidParameter('id', 'is not an id of this kind')
  return parsed.data
}

/** Longest wait a client may ask for with `Prefer: wait`, in seconds. */
const MAX_WAIT = 10

/** `Prefer: wait=N` (RFC 7240) in milliseconds; undefined when absent or outside what is offered. */
export function preferredWait(request: Request): number | undefined {
  const preferences = (request.headers.get('prefer') ?? '').split(',').map(one => one.split(';', 1)[0] ?? '')
  const wait = preferences.map(one => /^\s*wait\s*=\s*"?(\d{1,3})"?\s*$/i.exec(one)?.[1]).find(found => found)
  const seconds = Number(wait ?? 0)
  return seconds > 0 && seconds <= MAX_WAIT ? seconds * 1000 : undefined
}

/** `?minVersion=`: the client has seen this version and wants none older. */
export function minVersionIn(request: Request): number {
  const text = request.query.get('minVersion')
  if (text === null) return 0
  if (!/^\d{1,12}$/.test(text)) throw invalidParameter('minVersion', 'a version is a whole number')
  return Number(text)
}
