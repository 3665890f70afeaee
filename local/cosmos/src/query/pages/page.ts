import { bodyOf, type Entry } from '../../store/entry.ts'
import type { CompiledQuery } from '../evaluation/compile.ts'
import { compareRows, evaluateKeyed, forEachRow } from '../evaluation/execute.ts'
import { compareText, type Value } from '../evaluation/values.ts'
import type { Candidates } from './candidates.ts'
import { invalid, type Position } from './continuation.ts'
import { pathInItem } from './paths.ts'
import type { ResumeFilter } from './resume-filter.ts'

export type Page = { texts: string[]; next: Position | undefined; read: number }
type Demand = {
  compiled: CompiledQuery
  candidates: Candidates
  limit: number
  from: Position | undefined
  skipsMissing: boolean
  /** Where a client goes on that merges ORDER BY itself. */
  resume: ResumeFilter | undefined
}

const maxPageCharacters = 4 * 1024 * 1024

/** Works out one page, in the cheapest of three ways: as the items come, sorted, or all at once. */
export function readPage(demand: Demand): Page {
  const { compiled, candidates, from } = demand
  const { isGrouped, query, orderBy } = compiled
  if (isGrouped || query.select.distinct || query.from.length === 0) return wholePage(demand)
  if (orderBy.length > 0 && !candidates.isOrdered) return sortedPage(demand)
  if (from !== undefined && from.by !== (candidates.isOrdered ? 'id' : 'scan')) throw invalid()
  return streamedPage(demand)
}

/** The page ends before the first row that no longer fits, so a last page that is full has no continuation. */
function streamedPage({ compiled, candidates, limit, from, resume }: Demand): Page {
  const { offset = 0, query } = compiled
  const most = compiled.top ?? compiled.limit ?? Number.POSITIVE_INFINITY
  const start = from?.by === 'scan' || from?.by === 'id' ? from : undefined
  const page: Page = { texts: [], next: undefined, read: 0 }
  let skipped = start?.skipped ?? 0
  let taken = start?.taken ?? 0
  let characters = 0
  if (taken >= most) return page
  for (const { entry, place } of candidates.entries(start)) {
    // What comes in order without being sorted is ordered by id.
    if (resume?.isWanted([entry.id], entry.sequence) === false) continue
    page.read++
    const rows = rowsOf(entry, compiled)
    const first = start !== undefined && candidates.isAt(entry, start) ? start.row : 0
    for (let row = first; row < rows.length; row++) {
      if (skipped < offset) {
        skipped++
        continue
      }
      if (page.texts.length >= limit || characters > maxPageCharacters) {
        const rest = { row, skipped, taken }
        page.next = candidates.isOrdered
          ? { by: 'id', id: entry.id, ...rest }
          : { by: 'scan', ...place(entry), ...rest }
        return page
      }
      const text = query.select.isStar && query.from[0]?.path.kind === 'name' ? entry.text : JSON.stringify(rows[row])
      page.texts.push(text)
      characters += text.length
      if (++taken >= most) return page
    }
  }
  return page
}

function rowsOf(entry: Entry, compiled: CompiledQuery): Value[] {
  const rows: Value[] = []
  const env: Value[] = [bodyOf(entry)]
  forEachRow(compiled, env, () => {
    const value = compiled.project(env)
    if (value !== undefined) rows.push(value)
  })
  return rows
}

type SortedRow = { order: Value[]; sequence: number; row: number; value: Value }

/** Ties stand in the order of `_rid`, reversed if the first column descends: clients rely on it when they resume. */
function sortedPage(demand: Demand): Page {
  const { compiled, limit, from, resume } = demand
  if (from !== undefined && from.by !== 'order') throw invalid()
  const sign = compiled.orderBy[0]?.descending ? -1 : 1
  const compare = (a: SortedRow, b: SortedRow) =>
    compareRows(a.order, b.order, compiled) || sign * (a.sequence - b.sequence) || a.row - b.row
  const after = from && ({ order: from.values, sequence: from.sequence, row: from.row, value: undefined } as SortedRow)
  const taken = from?.taken ?? 0
  const most = (compiled.top ?? compiled.limit ?? Number.POSITIVE_INFINITY) - taken
  const start = from === undefined ? (compiled.offset ?? 0) : 0
  const ordered = orderedEntries(demand)
  const { rows, read } = sortedRows(demand, {
    entries: ordered ?? unordered(demand.candidates),
    isWanted: row =>
      (after === undefined || compare(row, after) > 0) && resume?.isWanted(row.order, row.sequence) !== false,
    // One more than the page shows tells whether there is another page.
    enough: ordered ? start + Math.min(most, limit) + 1 : Number.POSITIVE_INFINITY,
  })
  if (!ordered) rows.sort(compare)
  const available = rows.slice(start, start + Math.min(most, limit))
  const last = available.at(-1)
  const isEnd = start + available.length >= rows.length || available.length >= most
  const next: Position | undefined =
    isEnd || last === undefined
      ? undefined
      : { by: 'order', values: last.order, sequence: last.sequence, row: last.row, taken: taken + available.length }
  return { texts: available.map(row => JSON.stringify(row.value)), next, read }
}

/** The entries in the order of ORDER BY, where one column is all there is to it and an index has it. */
function orderedEntries({ compiled, candidates, from, skipsMissing, resume }: Demand): Iterable<Entry> | undefined {
  const [column, ...others] = compiled.query.orderBy
  const path = column && others.length === 0 ? pathInItem(column.expression, compiled.query) : undefined
  if (column === undefined || path === undefined || path.length === 0) return undefined
  const start = from?.by === 'order' ? from.values[0] : resume?.first
  return candidates.inOrder?.(path, { from: start, descending: column.descending, skipsMissing })
}

function* unordered(candidates: Candidates): Generator<Entry> {
  for (const { entry } of candidates.entries(undefined)) yield entry
}

type Sorting = { entries: Iterable<Entry>; isWanted: (row: SortedRow) => boolean; enough: number }

function sortedRows(
  { compiled, skipsMissing }: Demand,
  { entries, isWanted, enough }: Sorting,
): { rows: SortedRow[]; read: number } {
  const rows: SortedRow[] = []
  let read = 0
  for (const entry of entries) {
    if (rows.length >= enough) break
    read++
    const env: Value[] = [bodyOf(entry)]
    let number = 0
    forEachRow(compiled, env, () => {
      const order = compiled.orderBy.map(({ evaluate }) => evaluate(env))
      const row = { order, sequence: entry.sequence, row: number++, value: undefined as Value }
      if ((skipsMissing && order[0] === undefined) || !isWanted(row)) return
      row.value = compiled.project(env)
      if (row.value !== undefined) rows.push(row)
    })
  }
  return { rows, read }
}

/**
 * Rows are shown in the order of what tells them apart, so that the next page is known whatever ranges there are then: they
 * may have been split. Those of ORDER BY have an order already.
 */
function wholePage({ compiled, candidates, limit, from }: Demand): Page {
  const isOrdered = compiled.orderBy.length > 0
  if (from !== undefined && from.by !== (isOrdered ? 'offset' : 'key')) throw invalid()
  let read = 0
  function* bodies() {
    for (const { entry } of candidates.entries(undefined)) {
      read++
      yield bodyOf(entry)
    }
  }
  const rows = evaluateKeyed(compiled, bodies())
  if (!isOrdered) rows.sort((a, b) => compareText(a.key, b.key))
  const begun = from?.by === 'key' ? rows.findIndex(({ key }) => key > from.after) : 0
  const start = from?.by === 'offset' ? from.offset : begun < 0 ? rows.length : begun
  const shown = rows.slice(start, start + limit)
  const last = shown.at(-1)
  const page: Page = { texts: shown.map(({ value }) => JSON.stringify(value)), next: undefined, read }
  if (last === undefined || start + limit >= rows.length) return page
  return { ...page, next: isOrdered ? { by: 'offset', offset: start + limit } : { by: 'key', after: last.key } }
}
