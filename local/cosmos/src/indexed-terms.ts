import { changedValues } from './changed-values.ts'
import { isObject, type Json, type JsonObject, propertyOf } from './json.ts'
import { pathNames } from './partition-key/definition.ts'
import type { Container } from './store/container.ts'

/** What the policy says of a place in the item: of its own value (`/?`), and of all that is there or below (`/*`). */
type Place = { exact?: boolean; below?: boolean; inner: Map<string, Place>; isItem?: boolean }

/** What every item has; the first two are indexed whatever the paths say, as long as there is an index. */
const ofEveryItem = new Set(['id', '_ts', '_rid', '_self', '_attachments', '_etag'])

/**
 * What a container's indexing policy puts into the index, and how many values of an item that are; each element of an array
 * counts. The more precise path wins: the deeper one, and `/?` before `/*`. The paths of composite indexes do not count.
 */
export class IndexedTerms {
  private readonly root: Place = { inner: new Map(), isItem: true }
  private readonly isOn: boolean
  private readonly ofEveryItem: ReadonlySet<string>

  constructor(policy: Json | undefined) {
    const rules = isObject(policy) ? policy : {}
    this.isOn = rules.indexingMode !== 'none'
    this.mark(rules.excludedPaths, false)
    this.mark(rules.includedPaths, true)
    this.ofEveryItem = new Set(
      [...ofEveryItem].filter(name => name === 'id' || name === '_ts' || this.isMarked([name])),
    )
    for (const name of ofEveryItem) this.root.inner.delete(name)
  }

  /** Whether the value at a path of the item is indexed. */
  has(names: readonly string[]): boolean {
    const [name = '', ...others] = names
    if (!this.isOn) return false
    return others.length === 0 && ofEveryItem.has(name) ? this.ofEveryItem.has(name) : this.isMarked(names)
  }

  /** Whether the policy names just this path, and not only one above it. */
  names(names: readonly string[]): boolean {
    const place = names.reduce<Place | undefined>((above, name) => above?.inner.get(name), this.root)
    return place?.exact === true || place?.below === true
  }

  /** How many values of an item are indexed, its system properties among them. */
  count(item: JsonObject): number {
    if (!this.isOn) return 0
    return this.ofEveryItem.size + countInside(item, this.root, this.root.below === true)
  }

  /**
   * How many indexed values a replace takes out and puts in: what differs, and the time of writing.
   *
   * @param before the stored text of the item, as are all of its system properties
   */
  changed(before: string, after: string): number {
    if (!this.isOn) return 0
    const isBelow = this.root.below === true
    if (isBarren(this.root, isBelow)) return 2
    const isWhole = isBelow && this.root.inner.size === 0
    const values = isWhole ? changedValues(ownPart(before), ownPart(after)) : undefined
    if (values !== undefined) return 2 + 2 * values
    return 2 + changedInside(JSON.parse(before), JSON.parse(after), this.root, isBelow)
  }

  private isMarked(names: readonly string[]): boolean {
    let place: Place | undefined = this.root
    let isBelow = false
    for (const name of names) {
      isBelow = place?.below ?? isBelow
      place = place?.inner.get(name)
    }
    return place?.exact ?? place?.below ?? isBelow
  }

  private mark(paths: Json | undefined, isIncluded: boolean): void {
    for (const each of Array.isArray(paths) ? paths : []) {
      const names = isObject(each) ? [...pathNames(String(each.path))] : []
      const end = names.pop()
      let place = this.root
      for (const name of names) {
        const inner = place.inner.get(name) ?? { inner: new Map() }
        place.inner.set(name, inner)
        place = inner
      }
      if (end === '*') place.below = isIncluded
      if (end === '?') place.exact = isIncluded
    }
  }
}

/** Up to the system properties, which come last. */
function ownPart(text: string): { text: string; end: number } {
  return { text, end: text.lastIndexOf(',"_rid":"') }
}

/** Where nothing is indexed, here or below, nobody needs to look. */
function isBarren(place: Place | undefined, isBelow: boolean): boolean {
  return !isBelow && (place === undefined || place.inner.size === 0)
}

function count(value: Json | undefined, place: Place | undefined, inherited: boolean): number {
  if (value === undefined) return 0
  const isBelow = place?.below ?? inherited
  if (typeof value !== 'object' || value === null) return (place?.exact ?? isBelow) ? 1 : 0
  if (!Array.isArray(value)) return countInside(value, place, isBelow)
  if (isBarren(place, isBelow)) return 0
  const inner = place?.inner.get('[]')
  return value.reduce((terms: number, element) => terms + count(element, inner, isBelow), 0)
}

function countInside(object: JsonObject, place: Place | undefined, isBelow: boolean): number {
  if (isBarren(place, isBelow)) return 0
  let terms = 0
  for (const name of Object.keys(object)) {
    if (place?.isItem && ofEveryItem.has(name)) continue
    terms += count(object[name], place?.inner.get(name), isBelow)
  }
  return terms
}

/** Arrays are compared element by element, each in its place. */
function changed(
  before: Json | undefined,
  after: Json | undefined,
  place: Place | undefined,
  inherited: boolean,
): number {
  if (before === after) return 0
  const isBelow = place?.below ?? inherited
  if (isObject(before) && isObject(after)) return changedInside(before, after, place, isBelow)
  if (!Array.isArray(before) || !Array.isArray(after))
    return count(before, place, inherited) + count(after, place, inherited)
  const inner = place?.inner.get('[]')
  const longer = before.length > after.length ? before : after
  return longer.reduce((terms: number, _, at) => terms + changed(before[at], after[at], inner, isBelow), 0)
}

function changedInside(before: JsonObject, after: JsonObject, place: Place | undefined, isBelow: boolean): number {
  if (isBarren(place, isBelow)) return 0
  let terms = 0
  for (const name of Object.keys(before)) {
    if (place?.isItem && ofEveryItem.has(name)) continue
    terms += changed(before[name], propertyOf(after, name), place?.inner.get(name), isBelow)
  }
  for (const name of Object.keys(after))
    if (!Object.hasOwn(before, name)) terms += count(after[name], place?.inner.get(name), isBelow)
  return terms
}

const ofDefinition = new WeakMap<JsonObject, IndexedTerms>()

/** The terms of a container, by its policy of today. */
export function indexedTerms({ record: { definition } }: Container): IndexedTerms {
  let terms = ofDefinition.get(definition)
  if (terms === undefined) {
    terms = new IndexedTerms(definition.indexingPolicy)
    ofDefinition.set(definition, terms)
  }
  return terms
}
