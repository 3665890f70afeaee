import { page } from './answers.ts'
import type { Callers, Subject } from './tokens.ts'

/** Items on one page, the most the API gives. */
const PAGE = 100
/** Pages read of one list, at most: a cursor that runs in circles is a difference and no endless loop. */
const MOST_PAGES = 20_000

export type List = { readonly callers: Callers; readonly as: Subject; readonly path: string }

/**
 * Everything on all pages of a list, in its order.
 *
 * @throws Error when a page is not one, or the pages have no end.
 */
export async function allPages({ callers, as, path }: List): Promise<unknown[]> {
  const items: unknown[] = []
  const start = `${path}${path.includes('?') ? '&' : '?'}limit=${PAGE}`
  let cursor = ''
  for (let pages = 0; pages < MOST_PAGES; pages++) {
    const answer = await callers.send(as, { method: 'GET', path: start + cursor })
    const { success, data } = page.safeParse(answer.body)
    if (answer.status !== 200 || !success) throw new Error(`GET ${start} answered ${answer.status} and no page`)
    items.push(...data.items)
    if (data.next === undefined) return items
    cursor = `&cursor=${encodeURIComponent(data.next)}`
  }
  throw new Error(`GET ${start} has no last page`)
}
