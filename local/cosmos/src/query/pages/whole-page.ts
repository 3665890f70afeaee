import { createHash } from 'node:crypto'
import { bodyOf } from '../../store/entry.ts'
import { evaluateKeyed, type Keyed } from '../evaluation/execute.ts'
import { compareText } from '../evaluation/values.ts'
import { invalid } from './continuation.ts'
import { type Demand, fitting, type Page } from './page.ts'

/**
 * Rows are shown in the order of what tells them apart, so that the next page is known whatever ranges there are then: they
 * may have been split. Those of ORDER BY have an order already.
 */
export function wholePage({ compiled, candidates, limit, from }: Demand): Page {
  const isOrdered = compiled.orderBy.length > 0
  if (from !== undefined && from.by !== (isOrdered ? 'offset' : 'key')) throw invalid()
  let read = 0
  function* bodies() {
    for (const { entry } of candidates.entries(undefined)) {
      read++
      yield bodyOf(entry)
    }
  }
  const found = evaluateKeyed(compiled, bodies())
  const rows = isOrdered ? found : inOrderOfKeys(found)
  const begun = from?.by === 'key' ? rows.findIndex(({ key }) => key > from.after) : 0
  const start = from?.by === 'offset' ? from.offset : begun < 0 ? rows.length : begun
  const texts = fitting(rows.slice(start, start + limit).map(({ value }) => JSON.stringify(value)))
  const end = start + texts.length
  const last = rows[end - 1]
  if (last === undefined || end >= rows.length) return { texts, next: undefined, read }
  return { texts, next: isOrdered ? { by: 'offset', offset: end } : { by: 'key', after: last.key }, read }
}

/** Characters of a key that a continuation shows; it travels in a header. */
const MOST_SHOWN = 500

function inOrderOfKeys(rows: readonly Keyed[]): Keyed[] {
  return rows.map(({ key, value }) => ({ key: shown(key), value })).sort((a, b) => compareText(a.key, b.key))
}

function shown(key: string): string {
  return key.length <= MOST_SHOWN
    ? key
    : `${key.slice(0, MOST_SHOWN)}${createHash('sha256').update(key).digest('base64url')}`
}
