const mask64 = (1n << 64n) - 1n

function multiply32(a: number, b: number): number {
  return Math.imul(a, b)
}

function rotate32(value: number, by: number): number {
  return (value << by) | (value >>> (32 - by))
}

/** MurmurHash3, x86, 32 bits, seed 0. */
export function murmur32(bytes: Buffer): number {
  let hash = 0
  const blocks = bytes.length - (bytes.length % 4)
  const mix = (k: number) => multiply32(rotate32(multiply32(k, 0xcc9e2d51), 15), 0x1b873593)
  for (let at = 0; at < blocks; at += 4) {
    hash = rotate32(hash ^ mix(bytes.readInt32LE(at)), 13)
    hash = (multiply32(hash, 5) + 0xe6546b64) | 0
  }
  let tail = 0
  for (let at = bytes.length - 1; at >= blocks; at--) tail = (tail << 8) | (bytes[at] ?? 0)
  if (blocks < bytes.length) hash ^= mix(tail)
  hash ^= bytes.length
  hash = multiply32(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = multiply32(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

function rotate64(value: bigint, by: bigint): bigint {
  return ((value << by) | (value >> (64n - by))) & mask64
}

function finish64(value: bigint): bigint {
  let hash = value
  hash = ((hash ^ (hash >> 33n)) * 0xff51afd7ed558ccdn) & mask64
  hash = ((hash ^ (hash >> 33n)) * 0xc4ceb9fe1a85ec53n) & mask64
  return hash ^ (hash >> 33n)
}

const c1 = 0x87c37b91114253d5n
const c2 = 0x4cf5ad432745937fn

/** The lower and the higher half. */
export type Hash128 = readonly [low: bigint, high: bigint]

/** MurmurHash3, x64, 128 bits, seed 0 unless said otherwise. */
export function murmur128(bytes: Buffer, seed: Hash128 = [0n, 0n]): Hash128 {
  let [h1, h2] = seed
  const mix1 = (k: bigint) => (rotate64((k * c1) & mask64, 31n) * c2) & mask64
  const mix2 = (k: bigint) => (rotate64((k * c2) & mask64, 33n) * c1) & mask64
  const blocks = bytes.length - (bytes.length % 16)
  for (let at = 0; at < blocks; at += 16) {
    h1 = (rotate64(h1 ^ mix1(bytes.readBigUInt64LE(at)), 27n) + h2) & mask64
    h1 = (h1 * 5n + 0x52dce729n) & mask64
    h2 = (rotate64(h2 ^ mix2(bytes.readBigUInt64LE(at + 8)), 31n) + h1) & mask64
    h2 = (h2 * 5n + 0x38495ab5n) & mask64
  }
  if (blocks < bytes.length) {
    const tail = Buffer.alloc(16)
    bytes.copy(tail, 0, blocks)
    h2 ^= mix2(tail.readBigUInt64LE(8))
    h1 ^= mix1(tail.readBigUInt64LE(0))
  }
  h1 ^= BigInt(bytes.length)
  h2 ^= BigInt(bytes.length)
  h1 = (h1 + h2) & mask64
  h2 = (h2 + h1) & mask64
  h1 = finish64(h1)
  h2 = finish64(h2)
  h1 = (h1 + h2) & mask64
  h2 = (h2 + h1) & mask64
  return [h1, h2]
}
