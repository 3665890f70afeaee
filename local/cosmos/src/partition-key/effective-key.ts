import type { Json } from '../json.ts'
import type { PartitionKeyDefinition } from './definition.ts'
import { murmur32, murmur128 } from './murmur3.ts'

const v1MaxText = 100

/**
 * Where a partition key value lies on the ring `""`..`FF`, as upper-case hex. The SDKs compute the same number to choose
 * a range, so every bit counts. V1 = MurmurHash3-32 and the value itself in a binary order; V2 = MurmurHash3-128;
 * a hierarchical key is V2 level by level, so that a prefix of levels is a prefix of the text.
 */
export function effectiveKey(components: readonly Json[], definition: PartitionKeyDefinition): string {
  if (definition.kind === 'MultiHash') return components.map(component => hashV2([component])).join('')
  return definition.version === 2 ? hashV2(components) : hashV1(components[0] as Json)
}

function hashV2(components: readonly Json[]): string {
  const [h1, h2] = murmur128(Buffer.concat(components.map(component => tagged(component, 0xff))))
  const bytes = Buffer.alloc(16)
  bytes.writeBigUInt64BE(h2, 0)
  bytes.writeBigUInt64BE(h1, 8)
  bytes[0] = (bytes[0] as number) & 0x3f
  return bytes.toString('hex').toUpperCase()
}

function hashV1(component: Json): string {
  const short = typeof component === 'string' ? component.slice(0, v1MaxText) : component
  const hash = murmur32(tagged(short, 0x00))
  return Buffer.concat([ordered(hash), ordered(short)])
    .toString('hex')
    .toUpperCase()
}

/** A value as bytes for hashing: a type tag, the value, and after text an end mark that differs by version. */
function tagged(component: Json, endOfText: number): Buffer {
  if (typeof component === 'string') {
    return Buffer.concat([Buffer.of(0x08), Buffer.from(component, 'utf8'), Buffer.of(endOfText)])
  }
  if (typeof component === 'number') {
    const bytes = Buffer.alloc(9)
    bytes[0] = 0x05
    bytes.writeDoubleLE(component, 1)
    return bytes
  }
  return Buffer.of(tagOf(component))
}

function tagOf(component: Json): number {
  if (component === null) return 0x01
  if (component === false) return 0x02
  return component === true ? 0x03 : 0x00
}

/** A value as bytes that sort like the value (V1 only). */
function ordered(component: Json): Buffer {
  if (typeof component === 'number') return orderedNumber(component)
  if (typeof component !== 'string') return Buffer.of(tagOf(component))
  const text = Buffer.from(component, 'utf8')
  const isShort = component.length <= v1MaxText
  const kept = isShort ? text : text.subarray(0, v1MaxText + 1)
  const raised = kept.map(byte => (byte < 0xff ? byte + 1 : byte))
  return Buffer.concat([Buffer.of(0x08), raised, isShort ? Buffer.of(0x00) : Buffer.alloc(0)])
}

/** The bits of a double so that they sort like the number: first 8, then groups of 7 with a mark that more follow. */
export function orderedNumber(value: number): Buffer {
  const raw = Buffer.alloc(8)
  raw.writeDoubleBE(value)
  const bits = raw.readBigUInt64BE(0)
  const sign = 0x8000000000000000n
  let rest = BigInt.asUintN(64, bits < sign ? bits ^ sign : ~bits + 1n)
  const bytes = [0x05, Number(rest >> 56n)]
  rest = BigInt.asUintN(64, rest << 8n)
  let pending: number | undefined
  do {
    if (pending !== undefined) bytes.push(pending)
    pending = Number(rest >> 56n) | 0x01
    rest = BigInt.asUintN(64, rest << 7n)
  } while (rest !== 0n)
  const last = pending & 0xfe
  if (last !== 0) bytes.push(last)
  return Buffer.from(bytes)
}
