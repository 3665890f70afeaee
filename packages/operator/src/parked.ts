import type { Api } from './api.ts'

/** What the API says of something parked. */
type Parked = {
  readonly parkedId: string
  readonly account: string
  readonly handler: string
  readonly item: string
  readonly status: string
  readonly why: string
  readonly times: number
  readonly since: string
}
type Page = { readonly items: readonly Parked[]; readonly next?: string }

/** Everything parked, longest parked first, as lines to read. */
export async function* listed(api: Api): AsyncIterable<string> {
  let cursor: string | undefined
  let count = 0
  do {
    const query = cursor === undefined ? '' : `?cursor=${encodeURIComponent(cursor)}`
    const page = (await api.get(`/v1/parked${query}`)) as Page
    for (const item of page.items) {
      count += 1
      yield described(item)
    }
    cursor = page.next
  } while (cursor !== undefined)
  yield count === 0
    ? 'Nothing is parked.'
    : `${count} parked. \`retry <id>\` tries an item again, with all that wait behind it.`
}

export async function retried(api: Api, id: string): Promise<string> {
  return described((await api.post(`/v1/parked/${encodeURIComponent(id)}/retry`, {})) as Parked)
}

export async function discarded(api: Api, id: string, reason: string): Promise<string> {
  return described((await api.post(`/v1/parked/${encodeURIComponent(id)}/discard`, { reason })) as Parked)
}

function described({ parkedId, account, handler, item, status, why, times, since }: Parked): string {
  const tries = times === 1 ? 'once' : `${times} times`
  return [
    `${parkedId}`,
    `  ${status}: ${item} of account ${account}, by ${handler}`,
    `  tried ${tries} since ${since}: ${why}`,
  ].join('\n')
}
