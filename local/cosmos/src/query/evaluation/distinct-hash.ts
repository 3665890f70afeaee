import { isObject } from '../../json.ts'
import { type Hash128, murmur128 } from '../../partition-key/murmur3.ts'
import type { Value } from './values.ts'

/**
 * What arrays and objects are ordered by. It is the hash by which the .NET client finds repeated rows: clients merge the
 * ranges in this order, and send it in place of the value when they resume. See `DistinctHash.cs` of azure-cosmos-dotnet-v3.
 */
export function distinctHash(value: object): string {
  let known = hashes.get(value)
  if (known === undefined) {
    known = hexOf(hash(value as Value, seeds.root))
    hashes.set(value, known)
  }
  return known
}

/** The hash as its bytes in hex, lower half first, each half from its lowest byte: as text it sorts as clients compare it. */
export function hexOf([low, high]: Hash128): string {
  return bytesOf([low, high]).toString('hex')
}

/** Items do not change once they are parsed, and sorting asks for the same ones again and again. */
const hashes = new WeakMap<object, string>()

/** Each as its lower and its higher half. */
const seeds = {
  root: [0xbfc2359eafc0e2b7n, 0x8846e00284c4cf1fn],
  null: [0x1380f68bb3b0cfe4n, 0x156c918bf564ee48n],
  false: [0xc1be517fe893b40cn, 0xe9fc8a4c531cd0ddn],
  true: [0xf86d4abf9a412e74n, 0x788488365c8a985dn],
  string: [0x61f53f0a44204cfbn, 0x09481be8ef4b56ddn],
  array: [0xfa573b014c4dc18en, 0xa014512c858eb115n],
  object: [0x77b285ac511aef30n, 0x3dcf187245822449n],
  arrayIndex: [0xfe057204216db999n, 0x5b1cc3178bd9c593n],
  propertyName: [0xc915dde058492a8an, 0x7c8be2eba72e4634n],
  number: [0x2400e8b894ce9c2an, 0x790be1eabd7b9481n],
} satisfies Record<string, Hash128>

function hash(value: Value, seed: Hash128): Hash128 {
  if (value === null) return murmur128(bytesOf(seeds.null), seed)
  if (typeof value === 'boolean') return murmur128(bytesOf(value ? seeds.true : seeds.false), seed)
  if (typeof value === 'number') return murmur128(numberBytes(value), murmur128(bytesOf(seeds.number), seed))
  if (typeof value === 'string') return hashText(value, murmur128(bytesOf(seeds.string), seed))
  if (Array.isArray(value)) return hashArray(value, seed)
  return isObject(value) ? hashObject(value, seed) : seed
}

function hashText(text: string, seed: Hash128): Hash128 {
  return murmur128(Buffer.from(text, 'utf8'), seed)
}

function hashArray(items: readonly Value[], seed: Hash128): Hash128 {
  let result = murmur128(bytesOf(seeds.array), seed)
  for (const [index, item] of items.entries()) result = murmur128(bytesOf(hash(item, indexSeed(index))), result)
  return result
}

/** The hashes of the properties are combined so that their order does not matter. */
function hashObject(object: Record<string, Value>, seed: Hash128): Hash128 {
  let low = 0n
  let high = 0n
  const names = murmur128(bytesOf(seeds.string), seeds.propertyName)
  for (const [name, value] of Object.entries(object)) {
    const property = hash(value, hashText(name, names))
    low ^= property[0]
    high ^= property[1]
  }
  const result = murmur128(bytesOf(seeds.object), seed)
  return low === 0n && high === 0n ? result : murmur128(bytesOf([low, high]), result)
}

/** Its sum does not reach the higher half: the lower one is far from its end. */
function indexSeed(index: number): Hash128 {
  const [low, high] = seeds.arrayIndex
  return [low + BigInt(index), high]
}

/** A double and 16 further bits, which only whole numbers beyond the precision of a double have. */
function numberBytes(value: number): Buffer {
  const bytes = Buffer.alloc(10)
  bytes.writeDoubleLE(value)
  return bytes
}

function bytesOf([low, high]: Hash128): Buffer {
  const bytes = Buffer.alloc(16)
  bytes.writeBigUInt64LE(low, 0)
  bytes.writeBigUInt64LE(high, 8)
  return bytes
}
