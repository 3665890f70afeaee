import { indexedTerms } from '../../indexed-terms.ts'
import type { Json } from '../../json.ts'
import { pathNames } from '../../partition-key/definition.ts'
import type { Bounds } from '../../partition-key/ranges.ts'
import type { Container } from '../../store/container.ts'
import type { Entry } from '../../store/entry.ts'
import type { IdBounds, Partition } from '../../store/items.ts'
import { isSimple, type Span } from '../../store/path-indexes.ts'
import type { Range } from '../../store/range.ts'
import type { CompiledQuery } from '../evaluation/compile.ts'
import type { Value } from '../evaluation/values.ts'
import type { Parameters } from '../syntax/parameters.ts'
import type { Position } from './continuation.ts'
import { type Comparison, pathInItem, requiredComparisons } from './paths.ts'

/** What a request is limited to by its headers. */
export type Reach = {
  container: Container
  ranges: Container['ranges']
  partition: Partition | undefined
  /** The part of the ring. */
  bounds: Bounds | undefined
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
  if (partition === 'none') return nothing
  const { container, now, bounds: ring } = reach
  const isLive = (entry: Entry) =>
    (ring === undefined || (entry.epk >= ring.min && entry.epk < ring.max)) && !container.isExpired(entry, now)
  const narrow = narrowing(required, reach)
  if (partition === undefined) return scan(reach, isLive, narrow)
  const bounds = idBounds(required)
  const part = { container, partition, bounds, isLive }
  if (isByIdOnly(compiled)) return byId(part, compiled.orderBy[0]?.descending === true)
  return bySequence(part, narrow)
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
  const { container } = reach
  return {
    isOrdered: false,
    isAt: isAtSequence,
    inOrder(path, order) {
      const [range, ...others] = reach.ranges
      if (range === undefined || others.length > 0 || narrow(range) !== undefined) return undefined
      return orderedBy({ container, range, isWanted: isLive }, path, order)
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
        const found = few
          ? entriesAt(container, few, { sequence, range })
          : container.items.created(range, sequence, reach.bounds)
        for (const entry of found) if (isLive(entry)) yield { entry, place }
      }
    },
  }
}

/** The entries at these places that a range holds, from one on: some of its parent's may be in another range. */
function* entriesAt(
  { items }: Container,
  sequences: Iterable<number>,
  from: { sequence: number; range: Range },
): Generator<Entry> {
  for (const sequence of sequences) {
    const entry = sequence < from.sequence ? undefined : items.get(sequence)
    if (entry !== undefined && from.range.holds(entry.epk)) yield entry
  }
}

/** Items of one partition, as far as WHERE says something of their ids. */
type Part = { container: Container; partition: Partition; bounds: IdBounds; isLive: (entry: Entry) => boolean }

function byId({ container, partition, bounds, isLive }: Part, descending: boolean): Candidates {
  return {
    isOrdered: true,
    isAt: (entry, position) => position.by === 'id' && entry.id === position.id,
    *entries(from) {
      const start = from?.by === 'id' ? from.id : undefined
      const { low, high } = bounds
      const rest = descending
        ? { low, high: start === undefined || (high !== undefined && high < start) ? high : start }
        : { low: start === undefined || (low !== undefined && low > start) ? low : start, high }
      for (const entry of container.items.byId(partition, rest, descending)) if (isLive(entry)) yield { entry, place }
    },
  }
}

function bySequence({ container, partition, bounds, isLive }: Part, narrow: Narrowing): Candidates {
  const { items } = container
  const range = container.rangeOf(partition)
  const has = (most: number) => items.countIn(partition, most) >= most
  const few = has(WORTH_AN_INDEX) ? narrow(range) : undefined
  const isWanted = (entry: Entry) => entry.partition === partition.text && isLive(entry)
  return {
    isOrdered: false,
    isAt: isAtSequence,
    inOrder(path, order) {
      if (few !== undefined || !has(Math.max(WORTH_AN_INDEX, Math.ceil(range.size * HELPFUL)))) return undefined
      return orderedBy({ container, range, isWanted }, path, order)
    },
    *entries(from) {
      const sequence = (from?.by === 'scan' ? from.stretches[0]?.sequence : undefined) ?? 0
      const found = few
        ? entriesAt(container, few, { sequence, range })
        : items.inPartition(partition, bounds, sequence)
      for (const entry of found) if (isWanted(entry)) yield { entry, place }
    },
  }
}

/** From so many items on an index is asked; below, looking at all of them is as quick. */
const WORTH_AN_INDEX = 1_000
/** An index that leaves more than this share of a range is no help, */
const HELPFUL = 0.25
/** nor one that leaves so many: they are put in order for each page. */
const TOO_MANY = 20_000

/** Where in a range the few items are that can fit what WHERE demands of indexed paths; undefined where no index helps. */
type Narrowing = (range: Range) => readonly number[] | undefined

function narrowing(required: Comparison[], { container }: Reach): Narrowing {
  const indexed = indexedTerms(container)
  const spans = new Map<string, { path: string[]; span: Span }>()
  for (const { path, operator, value } of required) {
    if (path.length === 0 || path[0] === 'id' || !isSimple(value) || !indexed.has(path)) continue
    const name = JSON.stringify([path, typeof value])
    const { span = {} } = spans.get(name) ?? {}
    const low = operator === '<' || operator === '<=' ? {} : { low: value }
    const high = operator === '>' || operator === '>=' ? {} : { high: value }
    // Of several bounds on one side any will do: WHERE decides in the end.
    spans.set(name, { path, span: { ...span, ...low, ...high } })
  }
  return range => {
    if (range.size < WORTH_AN_INDEX) return undefined
    let few: number[] | undefined
    for (const { path, span } of spans.values()) {
      const most = few?.length ?? Math.min(TOO_MANY, Math.floor(range.size * HELPFUL))
      few = container.indexes.find(range, path, { span, most }) ?? few
    }
    return few
  }
}

type Ordered = { container: Container; range: Range; isWanted: (entry: Entry) => boolean }

function orderedBy(
  { container, range, isWanted }: Ordered,
  path: string[],
  { from, descending, skipsMissing }: PathOrder,
): Iterable<Entry> | undefined {
  if (range.size < WORTH_AN_INDEX || !(from === undefined || isSimple(from))) return undefined
  if (!container.indexes.canOrder(path, skipsMissing)) return undefined
  return only(
    entriesAt(container, container.indexes.inOrder(range, path, { from, descending }), { sequence: 0, range }),
    isWanted,
  )
}

function* only(entries: Iterable<Entry>, isWanted: (entry: Entry) => boolean): Generator<Entry> {
  for (const entry of entries) if (isWanted(entry)) yield entry
}

function isAtSequence(entry: Entry, position: Position): boolean {
  return position.by === 'scan' && entry.sequence === position.stretches[0]?.sequence
}

/** Both bounds count as inclusive: WHERE decides in the end. */
function idBounds(required: Comparison[]): IdBounds {
  let low: string | undefined
  let high: string | undefined
  for (const { path, operator, value } of required) {
    if (path.length !== 1 || path[0] !== 'id' || typeof value !== 'string') continue
    if (operator !== '<' && operator !== '<=' && (low === undefined || value > low)) low = value
    if (operator !== '>' && operator !== '>=' && (high === undefined || value < high)) high = value
  }
  return { low, high }
}

function isByIdOnly({ query, sources, isGrouped }: CompiledQuery): boolean {
  const [only, ...others] = query.orderBy
  if (only === undefined || others.length > 0 || sources.length !== 1 || isGrouped || query.select.distinct)
    return false
  const path = pathInItem(only.expression, query)
  return path?.length === 1 && path[0] === 'id'
}

/** The one partition a filter such as `c.pk = 'x'` leaves, `none` if it cannot be here, undefined without such a filter. */
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
  return ranges.includes(container.rangeOf(partition)) ? partition : 'none'
}
