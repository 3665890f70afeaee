import type { CompiledQuery } from '../evaluation/compile.ts'
import type { Candidates } from './candidates.ts'
import type { Position } from './continuation.ts'
import type { ResumeFilter } from './resume-filter.ts'

export type Page = { texts: string[]; next: Position | undefined; read: number }

export type Demand = {
  compiled: CompiledQuery
  candidates: Candidates
  limit: number
  from: Position | undefined
  skipsMissing: boolean
  /** Where a client goes on that merges ORDER BY itself. */
  resume: ResumeFilter | undefined
}

export const maxPageCharacters = 4 * 1024 * 1024

/** As many rows as an answer takes, and one at least. */
export function fitting(texts: readonly string[]): string[] {
  let characters = 0
  const end = texts.findIndex(text => {
    const isOver = characters > maxPageCharacters
    characters += text.length
    return isOver
  })
  return texts.slice(0, end < 0 ? texts.length : end)
}
