import { notEmulated } from '../../../errors.ts'
import { ByteReader, malformed } from './byte-reader.ts'
import { checkHead, head } from './record-io.ts'

/** An operation of a batch as its row has it; texts as they came, the body not parsed yet. */
export type OperationRow = {
  operationType: string
  /** JSON text. */
  partitionKey?: string
  id?: string
  resourceBody?: string
  ifMatch?: string
  ifNoneMatch?: string
  minimalReturnPreference?: boolean
}

export type ResultRow = {
  statusCode: number
  subStatusCode: number | undefined
  eTag: string | undefined
  resourceBody: string | undefined
  retryAfterMilliseconds: number | undefined
  /** In request units. */
  requestCharge: number
}

const operationSchema = 0x7fe15470
const resultSchema = 0x7fe15471

const operationTypes: Record<number, string> = {
  0: 'Create',
  1: 'Patch',
  2: 'Read',
  4: 'Delete',
  5: 'Replace',
  20: 'Upsert',
}
const documentType = 2

/** Members of variable length in the order of their presence bits, which start at 2. */
const variable = ['partitionKey', 'effectivePartitionKey', 'id', 'binaryId', 'resourceBody'] as const
const firstVariableBit = 2

/** Members that follow with a type and a token of their own. */
const sparse: Record<number, 'indexingDirective' | 'ifMatch' | 'ifNoneMatch' | 'timeToLiveInSeconds' | 'minimal'> = {
  8: 'indexingDirective',
  9: 'ifMatch',
  10: 'ifNoneMatch',
  11: 'timeToLiveInSeconds',
  12: 'minimal',
}

/** Reads a row of the schema BatchOperation. Throws 400, and 501 for members that are not emulated. */
export function readOperationRow(row: Buffer): OperationRow {
  const reader = new ByteReader(row)
  checkHead(reader, operationSchema)
  const presence = reader.uint8()
  const type = reader.int32()
  const resource = reader.int32()
  const operationType = (presence & 0x01) === 0 ? undefined : operationTypes[type]
  if (operationType === undefined) throw malformed(`there is no operation type ${type}`)
  if ((presence & 0x02) !== 0 && resource !== documentType)
    throw malformed(`an operation is for the resource type ${resource}`)
  const operation: OperationRow = { operationType }
  for (const [index, name] of variable.entries()) {
    if ((presence & (1 << (firstVariableBit + index))) === 0) continue
    const value = reader.sized().toString('utf8')
    if (name === 'effectivePartitionKey' || name === 'binaryId') throw notEmulated(`'${name}' of a batch operation`)
    operation[name] = value
  }
  while (!reader.isAtEnd) readSparse(reader, operation)
  return operation
}

function readSparse(reader: ByteReader, operation: OperationRow): void {
  const value = readTyped(reader)
  const { name } = value
  if (name === 'minimal' && typeof value.is === 'boolean') operation.minimalReturnPreference = value.is
  else if ((name === 'ifMatch' || name === 'ifNoneMatch') && typeof value.is === 'string') operation[name] = value.is
  else if (name === 'timeToLiveInSeconds') throw notEmulated(`'${name}' of a batch operation`)
  // Single writes do not look at their indexing directive either.
  else if (name !== 'indexingDirective') throw malformed(`'${name}' has a value of another type`)
}

function readTyped(reader: ByteReader): { name: string; is: string | boolean | number } {
  const type = reader.uint8()
  const token = reader.varUint()
  const name = sparse[token]
  if (name === undefined) throw malformed(`an operation has no member with the token ${token}`)
  if (type === 0x14) return { name, is: reader.sized().toString('utf8') }
  if (type === 0x07) return { name, is: reader.int32() }
  if (type === 0x02 || type === 0x03) return { name, is: type === 0x03 }
  throw malformed(`'${name}' has the unknown type ${type}`)
}

/** Writes a row of the schema BatchResult. */
export function writeResultRow(result: ResultRow): Buffer {
  const { statusCode, subStatusCode, eTag, resourceBody, retryAfterMilliseconds, requestCharge } = result
  const fixed = Buffer.alloc(9)
  const present = [true, subStatusCode !== undefined, eTag !== undefined, resourceBody !== undefined]
  fixed.writeUInt8(present.reduce((bits, isThere, bit) => bits | (isThere ? 1 << bit : 0), 0))
  fixed.writeInt32LE(statusCode, 1)
  fixed.writeInt32LE(subStatusCode ?? 0, 5)
  const parts = [head(resultSchema), fixed]
  for (const text of [eTag, resourceBody]) if (text !== undefined) parts.push(...sized(text))
  if (retryAfterMilliseconds !== undefined) {
    const retry = Buffer.from([0x0b, 5, 0, 0, 0, 0])
    retry.writeUInt32LE(retryAfterMilliseconds, 2)
    parts.push(retry)
  }
  const charge = Buffer.alloc(10)
  charge.set([0x10, 6])
  charge.writeDoubleLE(requestCharge, 2)
  return Buffer.concat([...parts, charge])
}

function sized(text: string): [length: Buffer, bytes: Buffer] {
  const bytes = Buffer.from(text, 'utf8')
  const length: number[] = []
  let rest = bytes.length
  for (; rest > 0x7f; rest >>>= 7) length.push((rest & 0x7f) | 0x80)
  return [Buffer.from([...length, rest]), bytes]
}
