import { holds, isOperator } from './filter-operators.ts'
import type { AdvancedFilter, Filter } from './filter-schema.ts'

export type EventObject = Record<string, unknown>

/** True when a subscription wants an event of either schema. */
export function matches(filter: Filter | undefined, event: EventObject): boolean {
  if (!filter) return true
  return wantsType(filter, event) && wantsSubject(filter, event) && meetsConditions(filter, event)
}

function wantsType({ includedEventTypes: wanted }: Filter, event: EventObject): boolean {
  const type = String(event.type ?? event.eventType ?? '').toLowerCase()
  return !wanted || wanted.some(one => one === 'All' || one.toLowerCase() === type)
}

function wantsSubject(filter: Filter, event: EventObject): boolean {
  const fold = (text: string) => (filter.isSubjectCaseSensitive ? text : text.toLowerCase())
  const subject = fold(String(event.subject ?? ''))
  return (
    subject.startsWith(fold(filter.subjectBeginsWith ?? '')) && subject.endsWith(fold(filter.subjectEndsWith ?? ''))
  )
}

function meetsConditions(
  { advancedFilters = [], enableAdvancedFilteringOnArrays }: Filter,
  event: EventObject,
): boolean {
  return advancedFilters.every(filter => meets(filter, event, enableAdvancedFilteringOnArrays === true))
}

function meets({ operatorType, key, value, values }: AdvancedFilter, event: EventObject, onArrays: boolean): boolean {
  if (!isOperator(operatorType)) return false
  const found = valueAt(event, key)
  const wanted = values ?? [value]
  if (Array.isArray(found)) {
    // Nobody looks into arrays unless told to, but an array is not null.
    if (operatorType.startsWith('Is')) return operatorType === 'IsNotNull'
    return holds(operatorType, onArrays ? found : undefined, wanted)
  }
  // An attribute is compared as text by the operators for texts, even if it is a number.
  const isAttribute = typeof found === 'number' && !key.includes('.') && operatorType.startsWith('String')
  return holds(operatorType, isAttribute ? String(found) : found, wanted)
}

/** Names are found whatever their case, as the service's own examples write them. */
function valueAt(event: EventObject, key: string): unknown {
  let value: unknown = event
  for (const part of key.split('.')) {
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return undefined
    value = member(value as EventObject, part)
  }
  return value
}

function member(object: EventObject, name: string): unknown {
  if (Object.hasOwn(object, name)) return object[name]
  const lower = name.toLowerCase()
  const found = Object.keys(object).find(one => one.toLowerCase() === lower)
  return found === undefined ? undefined : object[found]
}
