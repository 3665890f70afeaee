import { Random } from '../../simulation/random.ts'

export type Key = string | number | null
export type Body = { id: string; pk: Key; n?: number; v?: unknown; list?: number[]; ttl?: number }
export type Patch =
  | { op: 'set' | 'add' | 'replace' | 'incr'; path: string; value: unknown }
  | { op: 'remove'; path: string }
/** The etag a write asks for: none, that of the item as it is, or one it had before (or never). */
export type Asked = 'none' | 'current' | 'former'

type Place = { pk: Key; id: string }
export type Write = Place &
  (
    | { kind: 'create'; body: Body }
    | { kind: 'upsert'; body: Body }
    | { kind: 'replace'; body: Body; asked: Asked }
    | { kind: 'patch'; patches: Patch[]; above?: number; asked: Asked }
    | { kind: 'delete'; asked: Asked }
    | { kind: 'read' }
  )
export type Step =
  | Write
  | { kind: 'batch'; pk: Key; writes: Write[] }
  | { kind: 'bulk'; writes: Write[] }
  | { kind: 'clear'; pk: Key }
  | { kind: 'pass'; milliseconds: number }
  | { kind: 'query'; pk: Key; low: number; size: number }
  | { kind: 'count' }
  | { kind: 'page'; reader: number; part: number; size: number }
  | { kind: 'drain'; reader: number; size: number }

/** Where a reader of the feed begins, and what it reads: all ranges, or one partition key value. */
export type ReaderPlan = { from: 'beginning' | 'now'; pk: Key | undefined }
export type History = { seed: number; defaultTtl: number | undefined; readers: ReaderPlan[]; steps: Step[] }

const keys: Key[] = ['a', 'b', 'c', 'd', 1, null]
const ids = ['1', '2', '3', '4', '5']

/** What happens to one container, made from a seed alone: no step depends on an answer, so any of them can be left out. */
export function historyOf(seed: number): History {
  const random = new Random(seed)
  const steps = Array.from({ length: random.between(20, 90) }, () => step(random))
  const readers: ReaderPlan[] = [
    { from: 'beginning', pk: undefined },
    { from: 'now', pk: undefined },
    { from: 'beginning', pk: random.pick(keys) },
  ]
  return { seed, defaultTtl: random.pick([0, -1, -1, 20]) || undefined, readers, steps }
}

function step(random: Random): Step {
  const dice = random.next()
  if (dice < 0.45) return write(random, random.pick(keys))
  if (dice < 0.6) {
    const pk = random.pick(keys)
    return { kind: 'batch', pk, writes: several(random, 8, () => write(random, pk)) }
  }
  if (dice < 0.66) return { kind: 'bulk', writes: several(random, 12, () => write(random, random.pick(keys))) }
  if (dice < 0.68) return { kind: 'clear', pk: random.pick(keys) }
  if (dice < 0.76) return { kind: 'pass', milliseconds: random.pick([1, 400, 1_000, 5_000, 19_999, 60_000]) }
  if (dice < 0.82) {
    return { kind: 'query', pk: random.pick(keys), low: random.between(0, 9), size: random.between(1, 4) }
  }
  if (dice < 0.84) return { kind: 'count' }
  const size = random.between(1, 5)
  if (dice < 0.97) return { kind: 'page', reader: random.between(0, 2), part: random.between(0, 2), size }
  return { kind: 'drain', reader: random.between(0, 2), size }
}

function write(random: Random, pk: Key): Write {
  const id = random.pick(ids)
  const place = { pk, id }
  const asked = random.pick<Asked>(['none', 'none', 'current', 'former'])
  const dice = random.next()
  if (dice < 0.25) return { kind: 'create', ...place, body: body(random, place) }
  if (dice < 0.45) return { kind: 'upsert', ...place, body: body(random, place) }
  if (dice < 0.6) return { kind: 'replace', ...place, body: body(random, place), asked }
  if (dice < 0.8) {
    const patches = several(random, 3, () => patch(random))
    return { kind: 'patch', ...place, patches, asked, ...(random.chance(0.2) && { above: random.between(0, 9) }) }
  }
  if (dice < 0.92) return { kind: 'delete', ...place, asked }
  return { kind: 'read', ...place }
}

function body(random: Random, place: Place): Body {
  return {
    id: place.id,
    pk: place.pk,
    n: random.between(0, 9),
    v: random.pick([null, 'text', { deep: [1] }]),
    ...(random.chance(0.3) && { list: [random.between(0, 9)] }),
    ...(random.chance(0.3) && { ttl: random.pick([-1, 1, 5, 60]) }),
  }
}

function patch(random: Random): Patch {
  const value = random.between(-5, 9)
  return random.pick<Patch>([
    { op: 'set', path: '/n', value },
    { op: 'incr', path: '/n', value },
    { op: 'incr', path: '/v', value },
    { op: 'add', path: '/list/-', value },
    { op: 'add', path: '/list/0', value },
    { op: 'replace', path: '/list/0', value },
    { op: 'remove', path: '/list/0' },
    { op: 'remove', path: '/list' },
    { op: 'set', path: '/v', value: { deep: [value] } },
    { op: 'set', path: '/v/deep/0', value },
    { op: 'set', path: '/ttl', value: 5 },
  ])
}

function several<Item>(random: Random, most: number, make: () => Item): Item[] {
  return Array.from({ length: random.between(1, most) }, make)
}
