import { StoreUnavailable } from '@remit/documents/documents'
import type { StoredCommand } from './decide-append.ts'
import type { Head } from './head.ts'

/**
 * What became of a command: it has its recorded outcome (`done`), the store could not be asked and the command must
 * come again (`retry`), the code has a defect on it (`park`), or it waits behind one that is parked (`queued`).
 */
export type Verdict =
  | { readonly verdict: 'done' }
  | { readonly verdict: 'retry'; readonly why: string }
  | { readonly verdict: 'park'; readonly error: unknown }
  | { readonly verdict: 'queued'; readonly behind: string }

/** A view of one append must fit one transactional batch of 100 items, its summary included. */
export const ENTRIES_PER_APPEND = 90

/** The commands of one stream on their way to their outcomes. */
export type Work<State, Command> = {
  readonly streamId: string
  pending: Command[]
  head: Head<State> | undefined
  /** Why the stream cannot be folded; its head then has no state to decide on. */
  unreadable: unknown
  entries: number
  rounds: number
}

export function groupByStream<State, Command extends StoredCommand>(
  commands: readonly Command[],
): Work<State, Command>[] {
  const works = new Map<string, Work<State, Command>>()
  const seen = new Set<string>()
  for (const command of commands) {
    if (seen.has(command.id)) continue
    seen.add(command.id)
    const { streamId } = command
    const work = works.get(streamId) ?? {
      streamId,
      pending: [],
      head: undefined,
      unreadable: undefined,
      entries: ENTRIES_PER_APPEND,
      rounds: 0,
    }
    work.pending.push(command)
    works.set(streamId, work)
  }
  return [...works.values()]
}

export function takeOut<Command extends StoredCommand>(
  work: Work<unknown, Command>,
  answered: (command: Command) => boolean,
  verdicts: Map<string, Verdict>,
): void {
  for (const { id } of work.pending.filter(answered)) verdicts.set(id, { verdict: 'done' })
  work.pending = work.pending.filter(command => !answered(command))
}

/** Half as many entries the next time; a command that alone is too large will never fit. */
export function shrink<Command extends StoredCommand>(
  work: Work<unknown, Command>,
  answered: readonly Command[],
): void {
  work.entries = Math.max(1, Math.floor(work.entries / 2))
  if (answered.length > 1) return
  const tooLarge = new Error('the append is too large to store')
  work.pending = work.pending.map((command, index) => (index === 0 ? { ...command, defect: tooLarge } : command))
}

/** The store being away is no defect; a stored event that nobody can read is one. */
export function verdictOn(error: unknown): Verdict {
  if (error instanceof StoreUnavailable) return { verdict: 'retry', why: error.message }
  return { verdict: 'park', error }
}

export function giveUp<Command extends StoredCommand>(
  work: Work<unknown, Command>,
  verdict: Verdict,
  verdicts: Map<string, Verdict>,
): void {
  for (const { id } of work.pending) verdicts.set(id, verdict)
  work.pending = []
}
