import { bodyOf, type Entry } from '../../store/entry.ts'
import type { CompiledQuery } from '../evaluation/compile.ts'
import { forEachRow } from '../evaluation/execute.ts'
import type { Value } from '../evaluation/values.ts'
import { type Demand, maxPageCharacters, type Page } from './page.ts'

/** The page ends before the first row that no longer fits, so a last page that is full has no continuation. */
export function streamedPage({ compiled, candidates, limit, from, resume }: Demand): Page {
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
