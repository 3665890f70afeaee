import { badRequest } from './errors.ts'

/** What a path names. `names` are the decoded ids by their collection: `{ dbs: 'shop', colls: 'orders', docs: '42' }`. */
export type Address = {
  /** The shape of the path: `dbs`, `dbs/+`, `dbs/+/colls` and so on, with a plus for each id. */
  shape: string
  names: Record<string, string>
  /** Resource type as signed. */
  type: string
  /** Links as they may be signed: by names, or by `_rid` in lower case. */
  links: string[]
}

/** Reads a path as it was on the wire. It has no query string: a `?` belongs to an item's id. */
export function parseAddress(path: string): Address {
  const segments = path
    .replace(/^\/+|\/+$/g, '')
    .split('/')
    .filter(segment => segment !== '')
  let decoded: string[]
  try {
    decoded = segments.map(segment => decodeURIComponent(segment))
  } catch {
    throw badRequest('The request path is not valid percent-encoding.')
  }
  const names: Record<string, string> = {}
  const shape: string[] = []
  for (let at = 0; at < decoded.length; at += 2) {
    const collection = decoded[at] as string
    const id = decoded[at + 1]
    shape.push(collection)
    if (id === undefined) continue
    names[collection] = id
    shape.push(collection === 'operations' ? id : '+')
  }
  const isPartitionOperation = decoded[4] === 'operations'
  const signed = isPartitionOperation ? decoded.slice(0, 4) : decoded
  const isFeed = signed.length % 2 === 1
  const owner = isFeed ? signed.slice(0, -1) : signed
  const link = owner.join('/')
  return {
    shape: shape.join('/'),
    names,
    type: isFeed ? (signed.at(-1) ?? '') : (signed.at(-2) ?? ''),
    links: [link, (owner.at(-1) ?? '').toLowerCase(), link.toLowerCase()],
  }
}
