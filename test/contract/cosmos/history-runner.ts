import { isDeepStrictEqual } from 'node:util'
import type { Container, CosmosClient, ItemResponse, OperationInput } from '@azure/cosmos'
import { FeedReader } from './feed-reader.ts'
import type { Body, History, Step, Write } from './item-history.ts'
import { type Outcome, ReferenceContainer, type Stored } from './reference-container.ts'

export type World = {
  client: CosmosClient
  clock: { now(): number; advance(ms: number): void }
}

/** What went wrong at which step of a history. */
export class Failure extends Error {
  readonly at: number
  constructor(at: number, says: string) {
    super(says)
    this.at = at
  }
}

let containers = 0

/** Lets a history happen to a new container and to the reference. Throws Failure where they differ. */
export async function runHistory(
  world: World,
  history: History,
  reference?: typeof ReferenceContainer,
): Promise<number> {
  const { defaultTtl, steps, readers } = history
  const database = world.client.database('d')
  const request = {
    id: `h${++containers}`,
    partitionKey: { paths: ['/pk'], version: 2 },
    ...(defaultTtl && { defaultTtl }),
  }
  const { container } = await database.containers.create(request)
  const model = new (reference ?? ReferenceContainer)(defaultTtl, world.clock.now)
  const run = new Run(
    world,
    container,
    model,
    readers.map(plan => new FeedReader(container, model, plan)),
  )
  try {
    for (const [at, step] of steps.entries()) await run.take(step).catch(error => fail(at, step, error))
    await run.finish().catch(error => fail(steps.length, 'the end', error))
  } finally {
    await container.delete()
  }
  return run.answers
}

function fail(at: number, step: unknown, error: unknown): never {
  throw new Failure(at, `step ${at}, ${JSON.stringify(step)}: ${error instanceof Error ? error.message : error}`)
}

class Run {
  answers = 0
  private readonly world: World
  private readonly container: Container
  private readonly model: ReferenceContainer
  private readonly readers: FeedReader[]
  private readonly etags = new Set<string>()

  constructor(world: World, container: Container, model: ReferenceContainer, readers: FeedReader[]) {
    this.world = world
    this.container = container
    this.model = model
    this.readers = readers
  }

  async take(step: Step): Promise<void> {
    switch (step.kind) {
      case 'pass':
        return this.world.clock.advance(step.milliseconds)
      case 'clear':
        await this.container.deleteAllItemsForPartitionKey(step.pk as string)
        return this.model.clear(step.pk)
      case 'batch':
        return this.batch(step)
      case 'bulk':
        return this.bulk(step.writes)
      case 'query':
        return this.query(step)
      case 'count':
        return this.same(await this.rows('SELECT VALUE COUNT(1) FROM c', {}), [this.model.all().length])
      case 'page':
        return this.readers[step.reader]?.page(step.part, step.size)
      case 'drain':
        return this.readers[step.reader]?.drain(step.size)
      default:
        return this.alone(step)
    }
  }

  /** Everything is as the reference says, and every reader has seen it. */
  async finish(): Promise<void> {
    const found = await this.rows<Body & { _etag: string }>('SELECT * FROM c', {})
    this.same(
      found.map(plain).sort(byName),
      this.model
        .all()
        .map(({ body }) => body)
        .sort(byName),
    )
    for (const { body, etag } of this.model.all()) {
      const { resource } = await this.container.item(body.id, body.pk as string).read<Body & { _etag: string }>()
      this.same(resource && [plain(resource), resource._etag], [body, etag])
    }
    for (const reader of this.readers) await reader.drain(3)
  }

  private async alone(write: Write): Promise<void> {
    const condition = this.model.etagFor(write)
    const answer = await this.send(write, condition)
    const [outcome] = this.model.transact(write.pk, [write])
    this.compare({ statusCode: answer.code, eTag: answer.etag, resourceBody: answer.body }, outcome as Outcome)
  }

  private async send(write: Write, etag: string | undefined) {
    const item = this.container.item(write.id, write.pk as string)
    const options = etag === undefined ? {} : { accessCondition: { type: 'IfMatch', condition: etag } }
    const calls: Record<Write['kind'], () => Promise<ItemResponse<Body>>> = {
      create: () => this.container.items.create<Body>((write as { body: Body }).body),
      upsert: () => this.container.items.upsert<Body>((write as { body: Body }).body) as Promise<ItemResponse<Body>>,
      replace: () => item.replace<Body>((write as { body: Body }).body, options),
      patch: () => item.patch<Body>(patchOf(write) as never, options),
      delete: () => item.delete<Body>(options),
      read: () => item.read<Body>(),
    }
    try {
      const { statusCode, etag: given, resource } = await calls[write.kind]()
      return { code: statusCode, etag: given, body: resource }
    } catch (error) {
      return { code: (error as { code?: number }).code ?? Number.NaN, etag: undefined, body: String(error) }
    }
  }

  private async batch({ pk, writes }: Extract<Step, { kind: 'batch' }>): Promise<void> {
    const operations = writes.map(write => operationOf(write, this.model.etagFor(write)))
    const { code, result } = await this.container.items.batch(operations, pk as string)
    const outcomes = this.model.transact(pk, writes)
    this.same(code, outcomes.every(({ status }) => status < 400) ? 200 : 207)
    for (const [at, outcome] of outcomes.entries()) this.compare(result?.[at], outcome)
  }

  private async bulk(writes: Write[]): Promise<void> {
    const operations = writes.map(write => ({ ...operationOf(write, undefined), partitionKey: write.pk }))
    const results = await this.container.items.bulk(operations as OperationInput[], { continueOnError: true })
    for (const [at, write] of writes.entries()) {
      const blind = 'asked' in write ? { ...write, asked: 'none' as const } : write
      const [outcome] = this.model.transact(write.pk, [blind])
      this.compare(results[at] as never, outcome as Outcome)
    }
  }

  private async query({ pk, low, size }: Extract<Step, { kind: 'query' }>): Promise<void> {
    const items = this.model.items(pk).map(({ body }) => body)
    const options = { partitionKey: pk as string, maxItemCount: size }
    this.same((await this.rows<Body>('SELECT * FROM c', options)).map(plain).sort(byName), items.sort(byName))
    const ordered = await this.rows<Body>(`SELECT * FROM c WHERE c.n >= ${low} ORDER BY c.id DESC`, options)
    this.same(
      ordered.map(plain),
      items
        .filter(({ n }) => n !== undefined && n >= low)
        .sort(byName)
        .reverse(),
    )
    const across = await this.rows<number>(`SELECT VALUE c.n FROM c WHERE c.n >= ${low} ORDER BY c.n`, {
      maxItemCount: size,
    })
    const numbers = this.model.all().flatMap(({ body }) => (body.n !== undefined && body.n >= low ? [body.n] : []))
    this.same(
      across,
      numbers.sort((a, b) => a - b),
    )
  }

  private async rows<Row>(query: string, options: object): Promise<Row[]> {
    return (await this.container.items.query<Row>(query, options).fetchAll()).resources
  }

  private compare(answer: Answer | undefined, { status, stored }: Outcome): void {
    this.same(answer?.statusCode, status)
    if (stored === undefined || answer === undefined) return
    const { eTag, resourceBody } = answer
    this.same(plain(resourceBody as Body), stored.body)
    if (stored.etag.startsWith('pending')) this.keepEtag(stored, eTag ?? '')
    else this.same(eTag, stored.etag)
  }

  /** Every version has an etag of its own. */
  private keepEtag(stored: Stored, etag: string): void {
    if (this.etags.has(etag)) throw new Error(`the etag ${etag} comes a second time`)
    this.etags.add(etag)
    stored.etag = etag
  }

  private same(found: unknown, expected: unknown): void {
    this.answers++
    if (!isDeepStrictEqual(found, expected))
      throw new Error(`expected ${JSON.stringify(expected)}, got ${JSON.stringify(found)}`)
  }
}

type Answer = { statusCode?: number; eTag?: string | undefined; resourceBody?: unknown }

const byName = (a: Body, b: Body) => (`${a.pk}/${a.id}` < `${b.pk}/${b.id}` ? -1 : 1)

function plain(found: object): Body {
  return Object.fromEntries(Object.entries(found).filter(([name]) => !name.startsWith('_'))) as Body
}

function patchOf(write: Write) {
  if (write.kind !== 'patch') throw new Error('no patch')
  const { patches, above } = write
  return { operations: patches, ...(above !== undefined && { condition: `from c where c.n > ${above}` }) }
}

const operationTypes = {
  create: 'Create',
  upsert: 'Upsert',
  replace: 'Replace',
  patch: 'Patch',
  delete: 'Delete',
  read: 'Read',
}

function operationOf(write: Write, etag: string | undefined): OperationInput {
  const body = 'body' in write ? write.body : write.kind === 'patch' ? patchOf(write) : undefined
  const isNew = write.kind === 'create' || write.kind === 'upsert'
  return {
    operationType: operationTypes[write.kind],
    ...(!isNew && { id: write.id }),
    ...(etag !== undefined && { ifMatch: etag }),
    ...(body !== undefined && { resourceBody: body }),
  } as OperationInput
}
