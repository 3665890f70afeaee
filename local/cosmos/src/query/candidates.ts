import type { Json } from '../json.ts'
import { pathNames } from '../partition-key/definition.ts'
import type { Container } from '../store/container.ts'
import type { Entry } from '../store/entry.ts'
import type { Partition } from '../store/partition.ts'
import { isSimple, type Span } from '../store/path-index.ts'
import type { Range } from '../store/range.ts'
import type { CompiledQuery } from './compile.ts'
import type { Position } from './continuation.ts'
import { isIndexed } from './order-index.ts'
import type { Parameters } from './parameters.ts'
import { type Comparison, pathInItem, requiredComparisons } from './paths.ts'
import type { Value } from './values.ts'

/** What a request is limited to by its headers. */
export type Reach = {
  container: Container
  ranges: Container['ranges']
  partition: Partition | undefined
  /** No partition of this key exists: nothing can be found. */
  isEmpty: boolean
  holds: ((entry: Entry) => boolean) | undefined
  now: number
}

/** Where a scan stands at an item, whatever ranges there will be. */
type Place = Pick<Position & { by: 'scan' }, 'min' | 'stretches'>

/** The items a query has to look at, in the order in which they must be visited. */
export type Candidates = {
  /** They come in the order of ORDER BY already (by id within one partition). */
  isOrdered: boolean
  entries(from: Position | undefined): Generator<{ entry: Entry; place: (entry: Entry) => Place }>
  isAt(entry: Entry, position: Position): boolean
  /** The same in the order of a path, from a value on; undefined where no index has them so. */
  inOrder?(path: string[], order: PathOrder): Iterable<Entry> | undefined
}

export type PathOrder = {
  from: Value
  descending: boolean
  /** Items without a value there are left out. */
  skipsMissing: boolean
}

/** Narrows a query down by what WHERE demands of the partition key and the id, so that it need not look at everything. */
export function candidatesOf(compiled: CompiledQuery, parameters: Parameters, reach: Reach): Candidates {
  const required = requiredComparisons(compiled.query, parameters)
  const partition = reach.partition ?? partitionByFilter(required, reach)
  if (partition === 'none' || reach.isEmpty) return nothing
  const isLive = (entry: Entry) =>
    entry.alive && (reach.holds === undefined || reach.holds(entry)) && !reach.container.isExpired(entry, reach.now)
  const narrow = narrowing(required, reach)
  if (partition === undefined) return scan(reach, isLive, narrow)
  const bounds = idBounds(required)
  if (isByIdOnly(compiled))
    return byId(partition, { bounds, isLive, descending: compiled.orderBy[0]?.descending === true })
  const few = partition.items.length > WORTH_AN_INDEX ? narrow(partition.range) : undefined
  return bySequence(partition, { bounds, isLive, few })
}

const nothing: Candidates = {
  isOrdered: false,
  *entries() {},
  isAt: () => false,
}

const whole: Place = { min: '', stretches: [{ max: 'FF', sequence: 0 }] }

/** Where a scan of one partition stands: it lies in one range, whichever that is. */
const place = ({ sequence }: Entry): Place => ({ min: '', stretches: [{ max: 'FF', sequence }] })

function scan(reach: Reach, isLive: (entry: Entry) => boolean, narrow: Narrowing): Candidates {
  return {
    isOrdered: false,
    isAt: isAtSequence,
    inOrder(path, order) {
      const [range, ...others] = reach.ranges
      if (range === undefined || others.length > 0 || narrow(range) !== undefined) return undefined
      return orderedBy(range, path, order, isLive)
    },
    *entries(from) {
      const { min, stretches } = from?.by === 'scan' ? from : whole
      for (const range of reach.ranges) {
        const { bounds } = range
        if (bounds.max <= min) continue
        const behind = stretches.filter(({ max }) => max > bounds.max)
        const { sequence } = stretches.find(({ max }) => max >= bounds.max) ?? { sequence: 0 }
        const place = (entry: Entry) => {
          return { min: bounds.min, stretches: [{ max: bounds.max, sequence: entry.sequence }, ...behind] }
        }
        const few = narrow(range)
        const { entries, start } = few ? { entries: few, start: firstFrom(few, sequence) } : range.entriesFrom(sequence)
        for (let index = start; index < entries.length; index++) {
          const entry = entries[index] as Entry
          if (isLive(entry)) yield { entry, place }
        }
      }
    },
  }
}

type Part = { bounds: Bounds; isLive: (entry: Entry) => boolean }

function byId(partition: Partition, { bounds, isLive, descending }: Part & { descending: boolean }): Candidates {
  return {
    isOrdered: true,
    isAt: (entry, position) => position.by === 'id' && entry.id === position.id,
    *entries(from) {
      const { items } = partition
      let [first, last] = span(partition, bounds)
      if (from?.by === 'id') {
        if (descending) last = Math.min(last, partition.position(from.id) + (partition.find(from.id) ? 1 : 0))
        else first = Math.max(first, partition.position(from.id))
      }
      for (let step = 0; step < last - first; step++) {
        const entry = items[descending ? last - 1 - step : first + step] as Entry
        if (isLive(entry)) yield { entry, place }
      }
    },
  }
}

type Sequenced = Part & { few: Entry[] | undefined }

function bySequence(partition: Partition, { bounds, isLive, few }: Sequenced): Candidates {
  return {
    isOrdered: false,
    isAt: isAtSequence,
    inOrder(path, order) {
      const { range, items } = partition
      if (few !== undefined || items.length < range.size * HELPFUL) return undefined
      return orderedBy(range, path, order, entry => entry.partition === partition && isLive(entry))
    },
    *entries(from) {
      const start = (from?.by === 'scan' ? from.stretches[0]?.sequence : undefined) ?? 0
      const found = few
        ? few.filter(entry => entry.partition === partition)
        : partition.items.slice(...span(partition, bounds)).sort((a, b) => a.sequence - b.sequence)
      for (const entry of found) if (entry.sequence >= start && isLive(entry)) yield { entry, place }
    },
  }
}

/** From so many items on an index is asked; below, looking at all of them is as quick. */
const WORTH_AN_INDEX = 1_000
/** An index that leaves more than this share of a range is no help. */
const HELPFUL = 0.25

/** The few items of a range that can fit what WHERE demands of indexed paths; undefined where no index narrows it down. */
type Narrowing = (range: Range) => Entry[] | undefined

function narrowing(required: Comparison[], { container }: Reach): Narrowing {
  const policy = container.record.definition.indexingPolicy
  const spans = new Map<string, { path: string[]; span: Span }>()
  for (const { path, operator, value } of required) {
    if (path.length === 0 || path[0] === 'id' || !isSimple(value) || !isIndexed(path, policy)) continue
    const name = JSON.stringify([path, typeof value])
    const { span = {} } = spans.get(name) ?? {}
    const low = operator === '<' || operator === '<=' ? {} : { low: value }
    const high = operator === '>' || operator === '>=' ? {} : { high: value }
    // Of several bounds on one side any will do: WHERE decides in the end.
    spans.set(name, { path, span: { ...span, ...low, ...high } })
  }
  return range => {
    if (range.size < WORTH_AN_INDEX) return undefined
    let few: Entry[] | undefined
    for (const { path, span } of spans.values()) {
      few = range.indexOn(path).find(span, few?.length ?? range.size * HELPFUL) ?? few
    }
    return few
  }
}

function orderedBy(
  range: Range,
  path: string[],
  { from, descending, skipsMissing }: PathOrder,
  isWanted: (entry: Entry) => boolean,
): Iterable<Entry> | undefined {
  if (range.size < WORTH_AN_INDEX || !(from === undefined || isSimple(from))) return undefined
  const index = range.indexOn(path)
  if (index.size === undefined || (index.size < range.size && !skipsMissing)) return undefined
  return only(index.inOrder(from, descending), isWanted)
}

function* only(entries: Iterable<Entry>, isWanted: (entry: Entry) => boolean): Generator<Entry> {
  for (const entry of entries) if (isWanted(entry)) yield entry
}

function firstFrom(entries: readonly Entry[], sequence: number): number {
  const at = entries.findIndex(entry => entry.sequence >= sequence)
  return at < 0 ? entries.length : at
}

function isAtSequence(entry: Entry, position: Position): boolean {
  return position.by === 'scan' && entry.sequence === position.stretches[0]?.sequence
}

type Bounds = { low: string | undefined; high: string | undefined }

function idBounds(required: Comparison[]): Bounds {
  let low: string | undefined
  let high: string | undefined
  for (const { path, operator, value } of required) {
    if (path.length !== 1 || path[0] !== 'id' || typeof value !== 'string') continue
    if (operator !== '<' && operator !== '<=' && (low === undefined || value > low)) low = value
    if (operator !== '>' && operator !== '>=' && (high === undefined || value < high)) high = value
  }
  return { low, high }
}

/** Both bounds count as inclusive: WHERE decides in the end. */
function span(partition: Partition, { low, high }: Bounds): [first: number, last: number] {
  const first = low === undefined ? 0 : partition.position(low)
  const last = high === undefined ? partition.items.length : partition.position(high) + (partition.find(high) ? 1 : 0)
  return [first, last]
}

function isByIdOnly({ query, sources, isGrouped }: CompiledQuery): boolean {
  const [only, ...others] = query.orderBy
  if (only === undefined || others.length > 0 || sources.length !== 1 || isGrouped || query.select.distinct)
    return false
  const path = pathInItem(only.expression, query)
  return path?.length === 1 && path[0] === 'id'
}

/** The one partition a filter such as `c.pk = 'x'` leaves, `none` if it does not exist, undefined if there is no such filter. */
function partitionByFilter(required: Comparison[], { container, ranges }: Reach): Partition | 'none' | undefined {
  const components: Json[] = []
  for (const path of container.record.partitionKey.paths) {
    const names = pathNames(path).join('/')
    const filter = required.find(({ path: found, operator }) => operator === '=' && found.join('/') === names)
    if (filter === undefined) return undefined
    if (filter.value === undefined || (typeof filter.value === 'object' && filter.value !== null)) return 'none'
    components.push(filter.value)
  }
  const partition = container.partition(components)
  return partition === undefined || !ranges.includes(partition.range) ? 'none' : partition
}
