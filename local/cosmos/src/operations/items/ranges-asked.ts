import { badRequest, gone } from '../../errors.ts'
import type { CosmosRequest } from '../../exchange.ts'
import type { Bounds } from '../../partition-key/ranges.ts'
import type { Container } from '../../store/container.ts'
import type { Range } from '../../store/range.ts'

/** The range a request names by header. 410 with substatus 1002 if there is none of that id: the client asks for the ranges again. */
export function rangeByHeader(container: Container, request: CosmosRequest): Range | undefined {
  const header = request.headers['x-ms-documentdb-partitionkeyrangeid']
  if (header === undefined || header === '') return undefined
  const id = header.includes(',') ? header.slice(header.lastIndexOf(',') + 1) : header
  const range = container.ranges.find(candidate => candidate.id === id)
  if (range === undefined) throw gone()
  return range
}

/** The part of the ring that a request is limited to by headers; undefined = no limit. */
export function boundsByHeader(request: CosmosRequest): Bounds | undefined {
  const start = request.headers['x-ms-start-epk']
  const end = request.headers['x-ms-end-epk']
  if (start === undefined && end === undefined) return undefined
  if (start === undefined || end === undefined) throw badRequest('x-ms-start-epk and x-ms-end-epk come together.')
  return { min: start, max: end }
}
