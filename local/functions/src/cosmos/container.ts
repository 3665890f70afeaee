import { StartError } from '../start-error.ts'
import type { PlainAnswer } from './read-answer.ts'
import type { Resource, Wire } from './wire.ts'

/** A physical range of a container; `parents` are the ranges it was split from. */
export interface Range {
  id: string
  minInclusive: string
  maxExclusive: string
  parents?: string[]
}

/** A container as the trigger needs it. */
export interface Container {
  database: string
  name: string
}

/** The trigger was refused by the service; the status is the answer's. */
class CosmosError extends Error {
  readonly status: number
  constructor(what: string, answer: PlainAnswer) {
    super(`${what}: status ${answer.status} ${answer.body.slice(0, 300)}`)
    this.status = answer.status
  }
}

/** The link of a container, as signed and as requested: names are percent-encoded only in the path. */
export function containerLink({ database, name }: Container): { link: string; path: string } {
  return {
    link: `dbs/${database}/colls/${name}`,
    path: `/dbs/${encodeURIComponent(database)}/colls/${encodeURIComponent(name)}`,
  }
}

/** The place of one item. */
export function itemResource(container: Container, id: string): Resource {
  const { link, path } = containerLink(container)
  return { type: 'docs', link: `${link}/docs/${id}`, path: `${path}/docs/${encodeURIComponent(id)}` }
}

/** The place of a container's items as a list. */
export function itemsResource(container: Container): Resource {
  const { link, path } = containerLink(container)
  return { type: 'docs', link, path: `${path}/docs` }
}

/** Answers when it is one of the statuses one counts on, otherwise throws. */
export function expectStatus(what: string, answer: PlainAnswer, ...expected: number[]): PlainAnswer {
  if (!expected.includes(answer.status)) throw new CosmosError(what, answer)
  return answer
}

/** `<rid of the database>_<rid of the container>`: tells two containers apart that had the same name. */
export async function containerIdentity(send: Wire, container: Container): Promise<string> {
  const { link, path } = containerLink(container)
  const found = await send({ method: 'GET', resource: { type: 'colls', link, path } })
  if (found.status === 404) {
    throw new StartError(`The container "${container.name}" does not exist in the database "${container.database}".`)
  }
  expectStatus(`Reading ${link}`, found, 200)
  const parent = await send({
    method: 'GET',
    resource: {
      type: 'dbs',
      link: `dbs/${container.database}`,
      path: `/dbs/${encodeURIComponent(container.database)}`,
    },
  })
  expectStatus(`Reading dbs/${container.database}`, parent, 200)
  const rid = (answer: PlainAnswer) => (JSON.parse(answer.body) as { _rid: string })._rid
  return `${rid(parent)}_${rid(found)}`
}

/** Creates a lease container with the key `/id`; one that is there already is fine. */
export async function createLeaseContainer(send: Wire, container: Container): Promise<void> {
  const answer = await send({
    method: 'POST',
    resource: {
      type: 'colls',
      link: `dbs/${container.database}`,
      path: `/dbs/${encodeURIComponent(container.database)}/colls`,
    },
    body: JSON.stringify({ id: container.name, partitionKey: { paths: ['/id'], kind: 'Hash', version: 2 } }),
  })
  expectStatus(`Creating ${container.name}`, answer, 201, 409)
}

/** The container's present ranges, without those that were split. */
export async function readRanges(send: Wire, container: Container): Promise<Range[]> {
  const { link, path } = containerLink(container)
  const answer = await send({ method: 'GET', resource: { type: 'pkranges', link, path: `${path}/pkranges` } })
  expectStatus(`Reading the ranges of ${link}`, answer, 200)
  const ranges = (JSON.parse(answer.body) as { PartitionKeyRanges: Range[] }).PartitionKeyRanges
  const gone = new Set(ranges.flatMap(range => range.parents ?? []))
  return ranges.filter(range => !gone.has(range.id))
}
