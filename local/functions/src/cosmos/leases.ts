import { type Container, expectStatus, itemResource, itemsResource, type Range } from './container.ts'
import type { PlainAnswer } from './read-answer.ts'
import type { Wire } from './wire.ts'

/** A lease as it is stored: who reads a range, and how far. */
export interface Lease {
  id: string
  version: 0
  LeaseToken: string
  FeedRange: { Range: { min: string; max: string } }
  Owner: string | null
  ContinuationToken: string | null
  /** When the owner was last heard of. */
  timestamp: string
  properties: Record<string, string>
  _etag?: string
}

/** The leases of one function over one container. */
export interface LeaseStore {
  /** The lease of each range, in their order; made, without an owner, where there was none. */
  ensure(ranges: Range[]): Promise<Lease[]>
  /** Conditional on the etag. Answers undefined when somebody else wrote first, or the lease is gone. */
  replace(lease: Lease): Promise<Lease | undefined>
  read(rangeId: string): Promise<Lease | undefined>
  remove(lease: Lease): Promise<void>
}

/** @param prefix tells apart the leases of different functions in one container. */
export function openLeaseStore(send: Wire, container: Container, prefix: string): LeaseStore {
  const keyHeader = (id: string) => ({ 'x-ms-documentdb-partitionkey': asciiJson([id]) })
  const parse = (answer: PlainAnswer) => JSON.parse(answer.body) as Lease

  async function readById(id: string): Promise<Lease | undefined> {
    const answer = await send({ method: 'GET', resource: itemResource(container, id), headers: keyHeader(id) })
    if (answer.status === 404) return undefined
    return parse(expectStatus(`Reading lease ${id}`, answer, 200))
  }

  async function create(lease: Lease): Promise<Lease> {
    const answer = await send({
      method: 'POST',
      resource: itemsResource(container),
      headers: keyHeader(lease.id),
      body: JSON.stringify(lease),
    })
    // Another instance was faster: its lease is as good.
    if (answer.status === 409) return (await readById(lease.id)) ?? lease
    return parse(expectStatus(`Creating lease ${lease.id}`, answer, 201))
  }

  async function remove(lease: Lease): Promise<void> {
    const resource = itemResource(container, lease.id)
    const answer = await send({ method: 'DELETE', resource, headers: keyHeader(lease.id) })
    expectStatus(`Deleting lease ${lease.id}`, answer, 204, 404)
  }

  const read = (rangeId: string) => readById(`${prefix}${rangeId}`)

  return {
    read,
    remove,
    async ensure(ranges) {
      const found = await Promise.all(ranges.map(range => read(range.id)))
      const parents = new Map<string, Lease>()
      const leases: Lease[] = []
      for (const [index, range] of ranges.entries()) {
        const parent = found[index] ? undefined : await nearestParent(read, range)
        if (parent) parents.set(parent.id, parent)
        leases.push(found[index] ?? (await create(newLease(prefix, range, parent))))
      }
      // Only when every child has its lease: until then the parent's continuation is needed.
      for (const parent of parents.values()) await remove(parent)
      return leases
    },
    async replace(lease) {
      const answer = await send({
        method: 'PUT',
        resource: itemResource(container, lease.id),
        headers: { ...keyHeader(lease.id), 'if-match': lease._etag ?? '' },
        body: JSON.stringify(lease),
      })
      if (answer.status === 412 || answer.status === 404) return undefined
      return parse(expectStatus(`Writing lease ${lease.id}`, answer, 200))
    },
  }
}

/** A split range goes on where its parent stood. */
async function nearestParent(read: LeaseStore['read'], range: Range): Promise<Lease | undefined> {
  for (const id of [...(range.parents ?? [])].reverse()) {
    const lease = await read(id)
    if (lease) return lease
  }
  return undefined
}

function newLease(prefix: string, range: Range, parent: Lease | undefined): Lease {
  return {
    id: `${prefix}${range.id}`,
    version: 0,
    LeaseToken: range.id,
    FeedRange: { Range: { min: range.minInclusive, max: range.maxExclusive } },
    Owner: null,
    ContinuationToken: parent?.ContinuationToken ?? null,
    timestamp: new Date().toISOString(),
    properties: {},
  }
}

/** Headers are ASCII. */
function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(/[^ -~]/g, one => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
