import { memoryDocuments } from '@remit/documents/memory'
import { createBell } from '@remit/functions-notices/bell'
import { followNotices, stream } from '@remit/functions-notices/follow-notices'
import { keepNotice } from '@remit/functions-notices/keep-notices'

export const ANN = '11111111-1111-4111-8111-111111111111'
export const TOM = '22222222-2222-4222-8222-222222222222'
export const TRANSFER = `${ANN}_33333333-3333-4333-8333-333333333333`
export const AT = '2026-01-01T12:00:00.000Z'

/** The service over stores in memory, on a clock that moves when somebody sleeps. */
export function service() {
  let now = Date.parse(AT)
  const naps: (() => void)[] = []
  const world = {
    now: () => now,
    sleep: (milliseconds: number) =>
      new Promise<void>(resolve =>
        naps.push(() => {
          now += milliseconds
          resolve()
        }),
      ),
    randomId: () => 'a request',
  }
  const notices = memoryDocuments({ partitionKey: 'owner', uniqueKeys: ['number'], now: world.now })
  const accounts = memoryDocuments({ partitionKey: 'accountId', now: world.now })
  for (const [accountId, owner] of [
    [ANN, 'ann'],
    [TOM, 'tom'],
  ]) {
    const item = { id: 'summary', accountId, owner, append: 1, version: 1, status: 'open', kind: 'personal' }
    void accounts.write({ kind: 'create', item: { ...item, currency: 'EUR', balance: 0, held: 0 } })
  }
  const bell = createBell()
  const keeping = { notices, accounts, owners: new Map(), queues: new Map(), bell, world }
  const elsewhere = { ...keeping, queues: new Map(), bell: createBell() }
  const verify = async () => ({ sub: 'ann', roles: new Set(['user' as const]) })
  const surroundings = { verify, randomId: world.randomId, report: () => undefined }
  const desk = { surroundings, notices, bell, world }
  return {
    bell,
    desk,
    notices,
    keep: (event: unknown) => keepNotice(keeping, event),
    /** As another instance does. */
    keepElsewhere: (event: unknown) => keepNotice(elsewhere, event),
    later: (milliseconds: number) => {
      now += milliseconds
    },
    /** Lets everybody who sleeps wake up. */
    wake: () => naps.splice(0).forEach(nap => void nap()),
    follow: (after: number, owner = 'ann') =>
      stream(desk, { owner, after, listener: bell.listen(owner), report: () => undefined }),
    ask: (headers: Record<string, string> = {}) =>
      followNotices(desk)({
        headers: new Headers({ authorization: 'Bearer x', ...headers }),
        query: new URLSearchParams(),
        params: {},
        arrayBuffer: async () => new ArrayBuffer(0),
      }),
  }
}

export const loaded = (version: number, streamId = ANN, more: object = {}) => ({
  id: `${streamId}/${version}`,
  type: 'remit.credits-loaded.v1',
  data: { streamId, version, at: AT, amount: 2000, fee: 1, currency: 'EUR', paymentReference: 'secret', ...more },
})
export const textOf = (number: number) =>
  `id: ${number}\nevent: credits-loaded\ndata: ${JSON.stringify({ account: ANN, at: AT, amount: '2000', fee: '1', currency: 'EUR' })}\n\n`
