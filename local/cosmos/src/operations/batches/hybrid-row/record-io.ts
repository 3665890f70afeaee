import { crc32 } from 'node:zlib'
import { ByteReader, malformed } from './byte-reader.ts'

/** The first byte of every HybridRow. No text in UTF-8 starts with it. */
export const rowVersion = 0x81

const segmentSchema = 0x7fffd8f0
const recordSchema = 0x7fffd8f1

/** A segment without comment or schema: presence byte, and its own length, 10 bytes. */
const segment = Buffer.from([...head(segmentSchema), 0x01, 0x0a, 0x00, 0x00, 0x00])
const recordHeaderBytes = 13

/** The row header: version and schema, little-endian like all numbers of the format. */
export function head(schema: number): Buffer {
  const bytes = Buffer.alloc(5)
  bytes.writeUInt8(rowVersion)
  bytes.writeInt32LE(schema, 1)
  return bytes
}

/** The rows of a RecordIO stream: a segment, then records of length, CRC-32 and row. Throws 400. */
export function readRecords(bytes: Buffer): Buffer[] {
  const reader = new ByteReader(bytes)
  const found: Buffer[] = []
  skipSegment(reader)
  while (!reader.isAtEnd) {
    checkHead(reader, recordSchema)
    const length = reader.int32()
    const sum = reader.uint32()
    const row = reader.take(length)
    if (crc32(row) !== sum) throw malformed(`the CRC-32 of record ${found.length} is wrong`)
    found.push(row)
  }
  return found
}

/** Its length covers the whole segment, with a comment or schema if there is one; neither changes what the rows mean. */
function skipSegment(reader: ByteReader): void {
  checkHead(reader, segmentSchema)
  const presence = reader.uint8()
  const length = (presence & 0x01) === 0 ? 0 : reader.int32()
  if (length < segment.length) throw malformed(`a segment has no length of ${length}`)
  reader.take(length - segment.length)
}

/** Throws 400 unless a row of this schema starts here. */
export function checkHead(reader: ByteReader, schema: number): void {
  if (reader.uint8() !== rowVersion) throw malformed('a row does not start with version 81')
  const found = reader.int32()
  if (found !== schema) throw malformed(`a row has the schema ${found} instead of ${schema}`)
}

export function writeRecords(rows: readonly Buffer[]): Buffer {
  const parts: Buffer[] = [segment]
  for (const row of rows) {
    const header = Buffer.alloc(recordHeaderBytes)
    head(recordSchema).copy(header)
    header.writeInt32LE(row.length, 5)
    header.writeUInt32LE(crc32(row), 9)
    parts.push(header, row)
  }
  return Buffer.concat(parts)
}
