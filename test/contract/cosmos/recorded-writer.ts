import type { Container, OperationInput } from '@azure/cosmos'
import type { Random } from '../../simulation/random.ts'

/** Versions by id; undefined = deleted. */
type Change = Map<string, number | undefined>
type Row = { id: string; n: number }

const fewest = 2
const most = 10
/** With so many items a writer deletes more than it creates. */
const plenty = 150

/** Writes to one partition key value, one request after the other, and knows what was acknowledged and what was not. */
export class RecordedWriter {
  readonly pk: string
  acknowledged = 0
  onAcknowledged: () => void = () => {}
  /** Highest LSN acknowledged, by range. */
  readonly lsns = new Map<string, number>()
  private readonly random: Random
  private known = new Map<string, number>()
  private pending: Change | undefined
  private version = 0

  constructor(pk: string, random: Random) {
    this.pk = pk
    this.random = random
  }

  /** Writes until a request fails, which is the last thing it does. */
  async writeUntilCut(container: Container): Promise<unknown> {
    try {
      for (;;) await this.write(container)
    } catch (error) {
      return error
    }
  }

  /** Compares with what is there now. Throws unless it is all that was acknowledged, and the last request whole or not at all. */
  async check(container: Container): Promise<{ unacknowledged: 'none' | 'whole' | 'absent' }> {
    const query = 'SELECT c.id, c.n FROM c'
    const { resources } = await container.items.query<Row>(query, { partitionKey: this.pk }).fetchAll()
    const found = new Map(resources.map(({ id, n }) => [id, n]))
    const { pending } = this
    this.pending = undefined
    if (isSame(found, this.known)) return { unacknowledged: pending === undefined ? 'none' : 'absent' }
    if (pending !== undefined && isSame(found, changed(this.known, pending))) {
      this.known = found
      return { unacknowledged: 'whole' }
    }
    const differs = [...new Set([...found.keys(), ...this.known.keys()])].filter(
      id => found.get(id) !== this.known.get(id),
    )
    const lines = differs.map(
      id => `${id}: acknowledged ${this.known.get(id)}, found ${found.get(id)}, asked ${pending?.get(id)}`,
    )
    throw new Error(
      `${this.pk} lost or tore something (${pending?.size ?? 0} changes not acknowledged):\n${lines.join('\n')}`,
    )
  }

  items(): [id: string, version: number][] {
    return [...this.known]
  }

  private async write(container: Container): Promise<void> {
    const { random, pk } = this
    const count = random.chance(0.4) ? random.between(fewest, most) : 1
    const operations: OperationInput[] = []
    const change: Change = new Map()
    for (let number = 0; number < count; number++) {
      const operation = this.operation(change)
      operations.push(operation)
    }
    this.pending = change
    const [only, ...others] = operations
    const headers =
      only && others.length === 0 ? await alone(container, pk, only) : await together(container, pk, operations)
    this.acknowledge(String(headers?.['x-ms-session-token']))
  }

  private operation(change: Change): OperationInput {
    const { random, pk } = this
    const there = [...this.known.keys()].filter(id => !change.has(id))
    const n = ++this.version
    const text = 'x'.repeat(random.between(0, 3_000))
    const isFull = there.length > plenty
    if (there.length > 0 && random.chance(isFull ? 0.9 : 0.4)) {
      const id = random.pick(there)
      if (random.chance(isFull ? 0.7 : 0.3)) {
        change.set(id, undefined)
        return { operationType: 'Delete', id }
      }
      change.set(id, n)
      return { operationType: 'Replace', id, resourceBody: { id, pk, n, text } }
    }
    const id = `${pk}-${n}`
    change.set(id, n)
    return { operationType: 'Create', resourceBody: { id, pk, n, text } }
  }

  private acknowledge(token: string): void {
    this.known = changed(this.known, this.pending ?? new Map())
    this.pending = undefined
    this.acknowledged++
    const [, range = '', lsn = ''] = /^(\d+):-1#(\d+)$/.exec(token) ?? []
    const before = this.lsns.get(range) ?? 0
    if (!(Number(lsn) > before)) throw new Error(`The LSN of range ${range} went from ${before} to ${lsn}.`)
    this.lsns.set(range, Number(lsn))
    this.onAcknowledged()
  }
}

async function alone(container: Container, pk: string, operation: OperationInput) {
  if (operation.operationType === 'Create') return (await container.items.create(operation.resourceBody)).headers
  const item = container.item('id' in operation ? String(operation.id) : '', pk)
  const call = operation.operationType === 'Replace' ? item.replace(operation.resourceBody) : item.delete()
  return (await call).headers
}

async function together(container: Container, pk: string, operations: OperationInput[]) {
  const { code, result, headers } = await container.items.batch(operations, pk)
  if (code !== 200) throw new Error(`A batch of ${pk} was answered ${code}: ${JSON.stringify(result)}`)
  return headers
}

function changed(known: Map<string, number>, change: Change): Map<string, number> {
  const result = new Map(known)
  for (const [id, version] of change) {
    if (version === undefined) result.delete(id)
    else result.set(id, version)
  }
  return result
}

function isSame(one: Map<string, number>, other: Map<string, number>): boolean {
  return one.size === other.size && [...one].every(([id, version]) => other.get(id) === version)
}
