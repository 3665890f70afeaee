import { createHmac, timingSafeEqual } from 'node:crypto'
import { invalidParameter } from './problems.ts'
import type { Request } from './request.ts'

const DEFAULT_LIMIT = 50
const MAX_LIMIT = 100

/** Where a list goes on: opaque to clients, signed, and good only for the query it was made for. */
export type Cursors = {
  readonly read: (request: Request, query: string) => Asked
  readonly write: (query: string, after: string) => string
}

/** What a request for a list asks for. `after` is the position of the last item the client has. */
export type Asked = { readonly query: string; readonly limit: number; readonly after: string | undefined }

export function signedCursors(secret: string): Cursors {
  const sign = (query: string, after: string) =>
    createHmac('sha256', secret)
      .update(JSON.stringify([query, after]))
      .digest()
      .subarray(0, 16)

  return {
    read: (request, query) => {
      const limit = limitOf(request.query.get('limit'))
      const cursor = request.query.get('cursor')
      if (cursor === null) return { query, limit, after: undefined }
      const bytes = Buffer.from(cursor, 'base64url')
      const after = bytes.subarray(16).toString('utf8')
      const signature = bytes.subarray(0, 16)
      if (signature.length !== 16 || !timingSafeEqual(signature, sign(query, after))) {
        throw invalidParameter('cursor', 'is not a cursor of this list')
      }
      return { query, limit, after }
    },
    write: (query, after) => Buffer.concat([sign(query, after), Buffer.from(after, 'utf8')]).toString('base64url'),
  }
}

/** Cuts a page out of what was found, of which there may be one item more than the page shows. */
export function pageOf<Found>(
  cursors: Cursors,
  { query, limit }: Asked,
  found: readonly Found[],
  positionOf: (item: Found) => string,
): { page: Found[]; next: { next?: string } } {
  const page = found.slice(0, limit)
  const last = page.at(-1)
  const more = found.length > limit && last !== undefined
  return { page, next: more ? { next: cursors.write(query, positionOf(last)) } : {} }
}

function limitOf(text: string | null): number {
  if (text === null) return DEFAULT_LIMIT
  const limit = /^[1-9]\d{0,2}$/.test(text) ? Number(text) : Number.NaN
  if (!(limit >= 1 && limit <= MAX_LIMIT)) throw invalidParameter('limit', `a whole number from 1 to ${MAX_LIMIT}`)
  return limit
}
