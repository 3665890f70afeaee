import { bodyOf, type Entry } from '../../store/entry.ts'
import { compareRows, forEachRow } from '../evaluation/execute.ts'
import type { Value } from '../evaluation/values.ts'
import type { Candidates } from './candidates.ts'
import { invalid, type Position } from './continuation.ts'
import { type Demand, fitting, type Page } from './page.ts'
import { pathInItem } from './paths.ts'

/** Rows beyond those a page needs that are kept until they are sorted and dropped. */
const SORTED_AT_ONCE = 1_000

type SortedRow = { order: Value[]; sequence: number; row: number; value: Value }

/** Ties stand in the order of `_rid`, reversed if the first column descends: clients rely on it when they resume. */
export function sortedPage(demand: Demand): Page {
  const { compiled, limit, from, resume } = demand
  if (from !== undefined && from.by !== 'order' && from.by !== 'offset') throw invalid()
  const sign = compiled.orderBy[0]?.descending ? -1 : 1
  const compare = (a: SortedRow, b: SortedRow) =>
    compareRows(a.order, b.order, compiled) || sign * (a.sequence - b.sequence) || a.row - b.row
  const after = from?.by === 'order' && { order: from.values, sequence: from.sequence, row: from.row, value: undefined }
  const { offset = 0 } = compiled
  const taken = from?.by === 'offset' ? from.offset - offset : (from?.taken ?? 0)
  const most = (compiled.top ?? compiled.limit ?? Number.POSITIVE_INFINITY) - taken
  const start = after ? 0 : offset + taken
  const ordered = orderedEntries(demand)
  const { rows, read } = sortedRows(demand, {
    entries: ordered ?? unordered(demand.candidates),
    isSorted: ordered !== undefined,
    isWanted: row => (!after || compare(row, after) > 0) && resume?.isWanted(row.order, row.sequence) !== false,
    // One more than the page shows tells whether there is another page.
    most: start + Math.min(most, limit) + 1,
    compare,
  })
  const texts = fitting(rows.slice(start, start + Math.min(most, limit)).map(row => JSON.stringify(row.value)))
  const last = rows[start + texts.length - 1]
  const isEnd = start + texts.length >= rows.length || texts.length >= most
  const next = isEnd || last === undefined ? undefined : positionAfter(last, { offset, taken: taken + texts.length })
  return { texts, next, read }
}

/** Characters of values that a continuation shows; it travels in a header. */
const MOST_SHOWN = 1_000

function positionAfter(last: SortedRow, { offset, taken }: { offset: number; taken: number }): Position {
  const { order: values, sequence, row } = last
  if (JSON.stringify(values).length > MOST_SHOWN) return { by: 'offset', offset: offset + taken }
  return { by: 'order', values, sequence, row, taken }
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

type Sorting = {
  entries: Iterable<Entry>
  /** Whether the entries come in order, so that the first rows are all that is needed. */
  isSorted: boolean
  isWanted: (row: SortedRow) => boolean
  most: number
  compare: (a: SortedRow, b: SortedRow) => number
}

/** The first rows in order. However many there are, only a few more are kept. */
function sortedRows(
  { compiled, skipsMissing }: Demand,
  { entries, isSorted, isWanted, most, compare }: Sorting,
): { rows: SortedRow[]; read: number } {
  const rows: SortedRow[] = []
  let read = 0
  for (const entry of entries) {
    if (isSorted && rows.length >= most) break
    if (!isSorted && rows.length >= 2 * most + SORTED_AT_ONCE) rows.sort(compare).length = most
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
  return { rows: isSorted ? rows : rows.sort(compare), read }
}
