import { badRequest } from '../../../errors.ts'

const mostVarUintBytes = 5

/** Reads little-endian values one after the other. Whatever would lie beyond the end is 400, never an error of Node. */
export class ByteReader {
  private readonly bytes: Buffer
  private at = 0

  constructor(bytes: Buffer) {
    this.bytes = bytes
  }

  get isAtEnd(): boolean {
    return this.at === this.bytes.length
  }

  /** A part of what is read; it shares the memory. */
  take(length: number): Buffer {
    const end = this.at + length
    if (length < 0 || end > this.bytes.length)
      throw malformed(`${length} bytes are announced where ${this.bytes.length - this.at} are left`)
    const part = this.bytes.subarray(this.at, end)
    this.at = end
    return part
  }

  uint8(): number {
    return this.take(1).readUInt8()
  }

  int32(): number {
    return this.take(4).readInt32LE()
  }

  uint32(): number {
    return this.take(4).readUInt32LE()
  }

  /** Seven bits a byte, lowest first; the top bit says that more follow. */
  varUint(): number {
    let value = 0
    for (let index = 0; index < mostVarUintBytes; index++) {
      const byte = this.uint8()
      value += (byte & 0x7f) * 2 ** (7 * index)
      if (byte < 0x80) return value
    }
    throw malformed('a length has no end')
  }

  /** Bytes behind their length. */
  sized(): Buffer {
    return this.take(this.varUint())
  }
}

/** The 400 for a body that is not what its first byte promised. */
export function malformed(reason: string): Error {
  return badRequest(`The binary body of the batch is malformed: ${reason}.`)
}
