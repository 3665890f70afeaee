import { crc32 } from 'node:zlib'

/** An operation as the .NET client writes it into a row. */
export type RowOperation = {
  type: 'Create' | 'Patch' | 'Read' | 'Delete' | 'Replace' | 'Upsert'
  /** JSON text. */
  key?: string
  id?: string
  /** Anything but text becomes JSON. */
  body?: unknown
  ifMatch?: string
  ifNoneMatch?: string
  minimal?: boolean
}

export type RowResult = {
  statusCode: number
  subStatusCode: number
  eTag?: string
  body?: string
  retryAfterMs?: number
  charge?: number
}

const types = { Create: 0, Patch: 1, Read: 2, Delete: 4, Replace: 5, Upsert: 20 }
const segment = Buffer.from('81f0d8ff7f010a000000', 'hex')
const recordHead = Buffer.from('81f1d8ff7f', 'hex')
const operationHead = Buffer.from('817054e17f', 'hex')
const resultHead = Buffer.from('817154e17f', 'hex')

const int32 = (value: number) => {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32LE(value)
  return bytes
}

function sized(text: string): Buffer {
  const bytes = Buffer.from(text, 'utf8')
  const length: number[] = []
  let rest = bytes.length
  for (; rest > 127; rest = Math.floor(rest / 128)) length.push((rest % 128) + 128)
  return Buffer.concat([Buffer.from([...length, rest]), bytes])
}

export function operationRow({ type, key, id, body, ...rest }: RowOperation): Buffer {
  const content = body === undefined || typeof body === 'string' ? body : JSON.stringify(body)
  const presence = 3 | (key === undefined ? 0 : 4) | (id === undefined ? 0 : 16) | (content === undefined ? 0 : 64)
  const parts: Buffer[] = [operationHead, Buffer.of(presence), int32(types[type]), int32(2)]
  for (const text of [key, id, content]) if (text !== undefined) parts.push(sized(text))
  if (rest.ifMatch !== undefined) parts.push(Buffer.of(0x14, 9), sized(rest.ifMatch))
  if (rest.ifNoneMatch !== undefined) parts.push(Buffer.of(0x14, 10), sized(rest.ifNoneMatch))
  if (rest.minimal) parts.push(Buffer.of(0x03, 12))
  return Buffer.concat(parts)
}

/** Rows as a body: a segment, then a header with length and checksum before each. */
export function batchBody(rows: readonly Buffer[]): Buffer {
  const records = rows.flatMap(row => {
    const sum = Buffer.alloc(4)
    sum.writeUInt32LE(crc32(row))
    return [recordHead, int32(row.length), sum, row]
  })
  return Buffer.concat([segment, ...records])
}

/** Reads an answer; throws where it is not in the format. */
export function readResults(bytes: Buffer): RowResult[] {
  if (!bytes.subarray(0, segment.length).equals(segment)) throw new Error('The answer has no segment.')
  const results: RowResult[] = []
  for (let at = segment.length; at < bytes.length; ) {
    if (!bytes.subarray(at, at + 5).equals(recordHead)) throw new Error('A record has no header.')
    const length = bytes.readInt32LE(at + 5)
    const row = bytes.subarray(at + 13, at + 13 + length)
    if (row.length !== length || crc32(row) !== bytes.readUInt32LE(at + 9)) throw new Error('A record is broken.')
    results.push(readResult(row))
    at += 13 + length
  }
  return results
}

function readResult(row: Buffer): RowResult {
  if (!row.subarray(0, 5).equals(resultHead)) throw new Error('A row is no result.')
  const presence = row.readUInt8(5)
  const result: RowResult = { statusCode: row.readInt32LE(6), subStatusCode: row.readInt32LE(10) }
  let at = 14
  const text = () => {
    let length = 0
    let factor = 1
    for (; (row[at] as number) > 127; factor *= 128) length += ((row[at++] as number) - 128) * factor
    length += (row[at++] as number) * factor
    at += length
    return row.subarray(at - length, at).toString('utf8')
  }
  if (presence & 4) result.eTag = text()
  if (presence & 8) result.body = text()
  while (at < row.length) {
    const [type, token] = [row[at], row[at + 1]]
    if (type === 0x0b && token === 5) result.retryAfterMs = row.readUInt32LE(at + 2)
    else if (type === 0x10 && token === 6) result.charge = row.readDoubleLE(at + 2)
    else throw new Error(`A result has the unknown member ${type}/${token}.`)
    at += type === 0x0b ? 6 : 10
  }
  return result
}
