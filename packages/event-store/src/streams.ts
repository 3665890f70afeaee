import type { Documents } from '@remit/documents/documents'
import type { Decider } from '@remit/domain/decider'
import { type Append, append, appendId } from './append.ts'
import { emptyHead, type Head, headAfter } from './head.ts'

/** How many appends one page of a stream holds. */
const PAGE = 100

/** The newest append of a stream; undefined for a stream without any. */
export async function newestAppend(events: Documents, streamId: string): Promise<Append | undefined> {
  const [item] = await events.query(streamId, { orderBy: { path: 'id', descending: true }, limit: 1 })
  return item === undefined ? undefined : append.parse(item)
}

/** All appends of a stream after number `after`, oldest first, page by page. */
export async function* appendsAfter(events: Documents, streamId: string, after: number): AsyncIterable<Append[]> {
  for (let from = after; ; ) {
    const where = [{ path: 'id', is: '>', value: appendId(from) }] as const
    const items = await events.query(streamId, { where, orderBy: { path: 'id' }, limit: PAGE })
    const page = items.map(item => append.parse(item))
    if (page.length > 0) yield page
    if (page.length < PAGE) return
    from += page.length
  }
}

/** Which of these commands some append of the stream answers. */
export async function answeredOf(
  events: Documents,
  streamId: string,
  ids: readonly string[],
): Promise<Map<string, Append['outcomes'][number]>> {
  const where = [{ path: 'outcomes', member: 'commandId', is: 'some in', values: ids }] as const
  const items = await events.query(streamId, { where, orderBy: { path: 'id' }, limit: ids.length })
  const asked = new Set(ids)
  const found = items.flatMap(item => append.parse(item).outcomes.filter(({ commandId }) => asked.has(commandId)))
  return new Map(found.map(outcome => [outcome.commandId, outcome]))
}

type Fold<State, Event> = Pick<Decider<State, never, Event>, 'reducer' | 'initial' | 'evolve' | 'parse'>

/**
 * The head of a stream: from the newest append alone when this very fold made its state, else by folding everything.
 *
 * @throws StoreUnavailable; and whatever `parse` or `evolve` throws on a stored event.
 */
export async function loadHead<State, Event>(
  events: Documents,
  streamId: string,
  rule: Fold<State, Event>,
): Promise<Head<State>> {
  const newest = await newestAppend(events, streamId)
  if (newest === undefined) return emptyHead(rule.initial)
  if (newest.after.reducer === rule.reducer) return headAfter(newest, newest.after.state as State)
  let head = emptyHead(rule.initial)
  for await (const page of appendsAfter(events, streamId, 0)) head = advance(head, page, rule)
  return head
}

/** The head after some more appends of the stream. */
export function advance<State, Event>(
  head: Head<State>,
  appends: readonly Append[],
  rule: Fold<State, Event>,
): Head<State> {
  return appends.reduce((at, item) => {
    const state = item.events.reduce((folded, event) => rule.evolve(folded, rule.parse(event)), at.state)
    return headAfter(item, state)
  }, head)
}
