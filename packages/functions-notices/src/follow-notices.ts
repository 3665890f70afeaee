import { endpoint, type Surroundings } from '@remit/api/http/endpoint'
import { invalidParameter, Problem } from '@remit/api/http/problems'
import type { Request } from '@remit/api/http/request'
import type { World } from '@remit/api/ports'
import { type Documents, StoreUnavailable } from '@remit/documents/documents'
import type { Bell, Listener } from './bell.ts'
import { type Notice, notice } from './notice.ts'
import { readNumbers } from './numbers.ts'

export type NoticeDesk = {
  readonly surroundings: Surroundings
  readonly notices: Documents
  readonly bell: Bell
  readonly world: World
}

/** Milliseconds: between two looks when nobody rings; between two signs of life; until the client is to ask again. */
const LOOK = 1_000
const SIGN_OF_LIFE = 15_000
/** The host does not say when a client has gone, so no stream goes on for long without being asked for again. */
export const LIFE = 120_000
/** Milliseconds a client waits before it asks again. */
const RETRY = 1_000
/** How many streams one instance serves at once. */
export const MOST_STREAMS = 1_000
/** Of these, how many for one owner: also those count whose clients have gone, so somebody may come again and again. */
export const MOST_OF_OWNER = 50
/** How many notices are read at once. */
const PAGE = 100

/**
 * `GET /v1/me/events`: what happens to the caller's accounts, as Server-Sent Events, from now on or from after
 * `Last-Event-ID`. The event's name is what happened, its data JSON, its id the notice's number.
 */
export function followNotices(desk: NoticeDesk) {
  return endpoint(desk.surroundings, { roles: ['user'], key: 'ignored' }, async ({ request, caller, requestId }) => {
    const { bell, notices, surroundings } = desk
    const owner = caller.sub
    const wanted = lastEventId(request)
    if (bell.listeners() >= MOST_STREAMS || bell.listeners(owner) >= MOST_OF_OWNER) {
      throw new Problem('too-many-requests')
    }
    const listener = takePlace(desk, owner)
    try {
      const after = wanted ?? (await readNumbers(notices, owner)).newest
      const headers = { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store' }
      const report = (error: unknown) => surroundings.report(requestId, error)
      return { status: 200, headers, body: encoded(stream(desk, { owner, after, listener, report })) }
    } catch (error) {
      listener.stop()
      throw error
    }
  })
}

/** A place is taken before anything is waited for, and free again after a stream's life, also when nobody reads it. */
function takePlace({ bell, world }: NoticeDesk, owner: string): Listener {
  const listener = bell.listen(owner)
  void world.sleep(LIFE).then(listener.stop)
  return listener
}

function lastEventId(request: Request): number | undefined {
  const given = request.headers.get('last-event-id')
  if (given === null || given === '') return undefined
  if (!/^\d{1,15}$/.test(given)) throw invalidParameter('Last-Event-ID', 'the id of an event of this stream')
  return Number(given)
}

type Following = {
  readonly owner: string
  readonly after: number
  readonly listener: Listener
  readonly report: (error: unknown) => void
}

/** The text of a stream. It ends when its time is over or the store is down: the client asks again from where it was. */
export async function* stream(desk: NoticeDesk, { owner, after, listener, report }: Following): AsyncGenerator<string> {
  const { notices, world } = desk
  const end = world.now() + LIFE
  let last = after
  let lastSign = world.now()
  try {
    yield `retry: ${RETRY}\n\n`
    while (world.now() < end) {
      const found = await noticesAfter(notices, owner, last)
      for (const one of found) yield asText(one)
      last = found.at(-1)?.number ?? last
      if (found.length === PAGE) continue
      if (found.length > 0) lastSign = world.now()
      else if (world.now() - lastSign >= SIGN_OF_LIFE) {
        lastSign = world.now()
        yield ': still here\n\n'
      }
      await listener.rung(world.sleep(LOOK))
    }
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) report(error)
  } finally {
    listener.stop()
  }
}

async function noticesAfter(notices: Documents, owner: string, number: number): Promise<Notice[]> {
  const where = [{ path: 'number', is: '>', value: number } as const]
  const items = await notices.query(owner, { where, orderBy: { path: 'number' }, limit: PAGE })
  return items.map(item => notice.parse(item))
}

/** JSON has no line breaks of its own, so one line of data is enough. */
function asText({ number, name, data }: Notice): string {
  return `id: ${number}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`
}

async function* encoded(texts: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder()
  for await (const text of texts) yield encoder.encode(text)
}
