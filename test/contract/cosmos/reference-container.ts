import type { Asked, Body, Key, Patch, Write } from './item-history.ts'

/** `change` counts transactions: the items of one have the same number. */
export type Stored = { body: Body; etag: string; former: string; seconds: number; change: number }
export type Outcome = { status: number; stored?: Stored }

class Refused extends Error {
  readonly status: number
  constructor(status: number) {
    super(String(status))
    this.status = status
  }
}

/** What a container should answer, as naively as can be: a map per partition key value, copied for every transaction. */
export class ReferenceContainer {
  private partitions = new Map<Key, Map<string, Stored>>()
  private readonly defaultTtl: number | undefined
  private readonly now: () => number
  changes = 0

  constructor(defaultTtl: number | undefined, now: () => number) {
    this.defaultTtl = defaultTtl
    this.now = now
  }

  items(pk: Key): Stored[] {
    return [...(this.partitions.get(pk)?.values() ?? [])].filter(stored => this.isLive(stored))
  }

  all(): Stored[] {
    return [...this.partitions.keys()].flatMap(pk => this.items(pk))
  }

  find(pk: Key, id: string): Stored | undefined {
    return this.items(pk).find(({ body }) => body.id === id)
  }

  clear(pk: Key): void {
    this.partitions.delete(pk)
  }

  /** The etag a write that asks for it would send. */
  etagFor(write: Write): string | undefined {
    const asked: Asked = 'asked' in write ? write.asked : 'none'
    if (asked === 'none') return undefined
    const stored = this.find(write.pk, write.id)
    return (asked === 'current' ? stored?.etag : stored?.former) ?? '"never"'
  }

  /** Carries out writes to one partition key value together: all of them, or none and the status of the one that failed. */
  transact(pk: Key, writes: readonly Write[]): Outcome[] {
    const before = new Map(this.partitions.get(pk))
    const etags = writes.map(write => this.etagFor(write))
    const change = ++this.changes
    const outcomes: Outcome[] = []
    for (const [index, write] of writes.entries()) {
      try {
        outcomes.push(this.apply(write, etags[index], change))
      } catch (error) {
        if (!(error instanceof Refused)) throw error
        this.partitions.set(pk, before)
        return writes.map((_, other) => ({
          status: other === index ? error.status : writes.length > 1 ? 424 : error.status,
        }))
      }
    }
    return outcomes
  }

  private apply(write: Write, etag: string | undefined, change: number): Outcome {
    const { pk, id } = write
    const partition = this.partitions.get(pk) ?? new Map<string, Stored>()
    this.partitions.set(pk, partition)
    const there = this.find(pk, id)
    const put = (status: number, body: Body): Outcome => {
      const seconds = Math.floor(this.now() / 1000)
      // The service chooses the etag: until it has told, this one fits nothing.
      const stored = { body, etag: `pending ${change}`, former: there?.etag ?? '"never"', seconds, change }
      partition.set(id, stored)
      return { status, stored }
    }
    if (write.kind === 'create') return there ? refuse(409) : put(201, write.body)
    if (write.kind === 'upsert') return put(there ? 200 : 201, write.body)
    if (there === undefined) return refuse(404)
    if (write.kind === 'read') return { status: 200, stored: there }
    if (etag !== undefined && etag !== there.etag) return refuse(412)
    if (write.kind === 'replace') return put(200, write.body)
    if (write.kind === 'delete') {
      partition.delete(id)
      return { status: 204 }
    }
    if (write.above !== undefined && !((there.body.n ?? Number.NaN) > write.above)) return refuse(412)
    return put(200, patched(there.body, write.patches))
  }

  private isLive({ body, seconds }: Stored): boolean {
    if (this.defaultTtl === undefined) return true
    const ttl = body.ttl ?? this.defaultTtl
    return ttl < 0 || this.now() < (seconds + ttl) * 1000
  }
}

function refuse(status: number): never {
  throw new Refused(status)
}

function patched(before: Body, patches: readonly Patch[]): Body {
  const body = structuredClone(before)
  for (const patch of patches) {
    const { op, path } = patch
    const value = 'value' in patch ? patch.value : undefined
    if (path === '/n') body.n = op === 'incr' ? (body.n ?? 0) + Number(value) : Number(value)
    else if (path === '/ttl') body.ttl = Number(value)
    else if (path === '/v') {
      if (op === 'incr' && typeof body.v !== 'number') refuse(400)
      body.v = op === 'incr' ? Number(body.v) + Number(value) : value
    } else if (path === '/v/deep/0') {
      const deep = (body.v as { deep?: unknown[] } | null)?.deep ?? refuse(400)
      deep[0] = value
    } else patchList(body, patch)
  }
  return body
}

function patchList(body: Body, patch: Patch): void {
  const list = body.list ?? refuse(400)
  const value = 'value' in patch ? Number(patch.value) : 0
  if (patch.path === '/list') delete body.list
  else if (patch.path === '/list/-') list.push(value)
  else if (patch.op === 'add') list.unshift(value)
  else if (list.length === 0) refuse(400)
  else if (patch.op === 'remove') list.shift()
  else list[0] = value
}
