import { operators } from './filter-operators.ts'

/** Which events a subscription wants; everything given must hold. */
export interface Filter {
  includedEventTypes?: string[]
  subjectBeginsWith?: string
  subjectEndsWith?: string
  isSubjectCaseSensitive?: boolean
  /** Each is one condition on one key; `data.a.b` reaches into the data. */
  advancedFilters?: AdvancedFilter[]
  enableAdvancedFilteringOnArrays?: boolean
}

/** One condition. Operators with `value` compare with one, those with `values` with any of them. */
export interface AdvancedFilter {
  operatorType: string
  key: string
  value?: unknown
  values?: unknown[]
}

export type EventObject = Record<string, unknown>

const mostFilters = 25
const mostValues = 25
const longestValue = 512

const members = new Set([
  'includedEventTypes',
  'subjectBeginsWith',
  'subjectEndsWith',
  'isSubjectCaseSensitive',
  'advancedFilters',
  'enableAdvancedFilteringOnArrays',
])

/** What Event Grid would refuse about a filter, or undefined. */
export function filterProblem(filter: Filter): string | undefined {
  const unknown = Object.keys(filter).find(member => !members.has(member))
  if (unknown) return `the filter "${unknown}" is not emulated.`
  const advanced = filter.advancedFilters ?? []
  if (advanced.length > mostFilters) return `at most ${mostFilters} advanced filters.`
  const values = advanced.flatMap(one => one.values ?? [])
  if (values.length > mostValues) return `at most ${mostValues} values in all advanced filters.`
  if (values.some(value => typeof value === 'string' && value.length > longestValue)) {
    return `a value has at most ${longestValue} characters.`
  }
  for (const { operatorType, key } of advanced) {
    if (!operators[operatorType]) return `the operator "${operatorType}" is unknown.`
    if (typeof key !== 'string' || key === '') return `the operator "${operatorType}" needs a key.`
  }
  return undefined
}

/** True when a subscription wants an event of either schema. */
export function matches(filter: Filter | undefined, event: EventObject): boolean {
  if (!filter) return true
  const type = String(event.type ?? event.eventType ?? '')
  const subject = String(event.subject ?? '')
  const fold = (text: string) => (filter.isSubjectCaseSensitive ? text : text.toLowerCase())
  if (filter.includedEventTypes && !filter.includedEventTypes.some(one => one.toLowerCase() === type.toLowerCase())) {
    return false
  }
  if (!fold(subject).startsWith(fold(filter.subjectBeginsWith ?? ''))) return false
  if (!fold(subject).endsWith(fold(filter.subjectEndsWith ?? ''))) return false
  return (filter.advancedFilters ?? []).every(one => holds(one, event, filter.enableAdvancedFilteringOnArrays === true))
}

function holds({ operatorType, key, value, values }: AdvancedFilter, event: EventObject, onArrays: boolean): boolean {
  const found = valueAt(event, key)
  const operator = operators[operatorType]
  if (!operator) return false
  const wanted = values ?? [value]
  if (!Array.isArray(found)) return operator(found, wanted)
  if (!onArrays) return operator(undefined, wanted)
  // A "not" must hold for every element, anything else for one.
  return operatorType.includes('Not')
    ? found.every(one => operator(one, wanted))
    : found.some(one => operator(one, wanted))
}

function valueAt(event: EventObject, key: string): unknown {
  let value: unknown = event
  for (const part of key.split('.')) {
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return undefined
    value = (value as EventObject)[part]
  }
  return value
}
