/** `_rid`s are base64 with `-` for `/`: a database has 4 bytes, a container 8, an item 16. */
function encode(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('/', '-')
}

/** @param number counts from 1 */
export function databaseRid(number: number): string {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(number, 0)
  return encode(bytes)
}

/** The top bit of byte 4 tells a container from a user; clients look at it. */
export function containerRid(database: number, container: number): string {
  const bytes = Buffer.alloc(8)
  bytes.writeUInt32LE(database, 0)
  bytes.writeUInt32BE((0x80000000 | container) >>> 0, 4)
  return encode(bytes)
}

/** Clients compare the last 8 bytes as a little-endian number, so they hold the order of creation. */
export function itemRid(container: string, sequence: number): string {
  const bytes = Buffer.alloc(16)
  Buffer.from(container.replaceAll('-', '/'), 'base64').copy(bytes, 0)
  bytes.writeBigUInt64LE(BigInt(sequence), 8)
  return encode(bytes)
}

/** The sequence in an item's `_rid`; undefined if it is none. */
export function itemSequence(rid: string): number | undefined {
  const bytes = Buffer.from(rid.replaceAll('-', '/'), 'base64')
  return bytes.length === 16 ? Number(bytes.readBigUInt64LE(8)) : undefined
}

/** Offers have 3 bytes. */
export function offerRid(owner: number): string {
  const bytes = Buffer.alloc(3)
  bytes.writeUIntLE(owner, 0, 3)
  return encode(bytes)
}
