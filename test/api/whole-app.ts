import { asRead, editionsIn } from '@remit/api/editions'
import type { Answer } from '@remit/api/http/answer'
import { signedCursors } from '@remit/api/http/cursor'
import type { Handler } from '@remit/api/http/endpoint'
import type { Identity, Role } from '@remit/api/http/identity'
import { Problem } from '@remit/api/http/problems'
import type { Request } from '@remit/api/http/request'
import { type ContainerName, containerNames, partitionKeyOf } from '@remit/documents/containers'
import type { Documents, StoredItem } from '@remit/documents/documents'
import { memoryDocuments } from '@remit/documents/memory'
import { defaultSettings as settings } from '@remit/domain/settings'
import { decideCommands, deciding } from '@remit/functions-commands/decide-commands'
import { closeAccount, freezeAccount, unfreezeAccount } from '@remit/functions-commands/endpoints/account-status'
import type { Desk } from '@remit/functions-commands/endpoints/context'
import { loadCredits } from '@remit/functions-commands/endpoints/load-credits'
import { sharedLooks } from '@remit/functions-commands/endpoints/looks'
import { openAccount } from '@remit/functions-commands/endpoints/open-account'
import { discardParked, retryParked } from '@remit/functions-commands/endpoints/parked'
import { approveTransfer, declineTransfer } from '@remit/functions-commands/endpoints/review-transfer'
import { sendCredits } from '@remit/functions-commands/endpoints/send-credits'
import { lookAfterParked as lookAfterCommands } from '@remit/functions-commands/look-after-parked'
import { moveTransfers } from '@remit/functions-commands/move-transfers'
import type { News } from '@remit/functions-projections/cloud-events'
import { listAccounts, readAccount, readPayee } from '@remit/functions-projections/endpoints/accounts'
import { readOperation } from '@remit/functions-projections/endpoints/operations'
import { listParked } from '@remit/functions-projections/endpoints/parked'
import { readStatement } from '@remit/functions-projections/endpoints/statement'
import { listTransfers, readTransfer } from '@remit/functions-projections/endpoints/transfers'
import { lookAfterParked as lookAfterViews } from '@remit/functions-projections/look-after-parked'
import { type Projecting, projectEvents, projecting } from '@remit/functions-projections/project-events'
import { publishEvents } from '@remit/functions-projections/publish-events'
import { listDecided } from '@remit/functions-reviews/list-decided'
import { listReviews } from '@remit/functions-reviews/list-reviews'
import { updateReviews } from '@remit/functions-reviews/review-list'

export const NOON = Date.parse('2026-01-01T12:00:00.000Z')

type Rule = ReturnType<typeof deciding>['store']['rule']
type Stores = Record<ContainerName, Documents>

/** What a call sends. `as` is `<subject> <role,role>`; nobody when it is absent. */
export type Sending = {
  readonly as?: string
  readonly body?: unknown
  readonly bytes?: Uint8Array<ArrayBuffer>
  readonly key?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string>>
}

/** The three apps over stores in memory, on a clock that moves only when somebody sleeps. */
export function wholeApp(
  through: (name: ContainerName, documents: Documents) => Documents = (_, documents) => documents,
  otherwise: (rule: Rule) => Rule = rule => rule,
) {
  let now = NOON
  let ids = 0
  const world = {
    now: () => now,
    sleep: async (milliseconds: number) => {
      now += milliseconds
    },
    randomId: () => `00000000-0000-4000-8000-${String(++ids).padStart(12, '0')}`,
  }
  const feeds: Record<string, StoredItem[]> = { commands: [], events: [], parked: [] }
  const memory = Object.fromEntries(
    containerNames.map(name => {
      const onWrite = (item: StoredItem) => feeds[name]?.push(item)
      return [name, memoryDocuments({ partitionKey: partitionKeyOf(name), now: world.now, onWrite })]
    }),
  ) as Record<ContainerName, ReturnType<typeof memoryDocuments>>
  const opened = Object.fromEntries(containerNames.map(name => [name, through(name, memory[name])])) as Stores
  const editions = editionsIn(opened.views, world)
  const stores = asRead(opened, editions)
  const reports: unknown[] = []
  const published: string[] = []
  const surroundings = {
    verify: async (authorization: string | null) => identityIn(authorization),
    randomId: world.randomId,
    report: (_id: string, error: unknown) => reports.push(error),
  }
  const routes = routesOf(stores, { surroundings, world })
  const ask = async (call: string, sending: Sending = {}): Promise<Answer> => {
    const [method = '', path = ''] = call.split(' ')
    for (const [route, handler] of routes) {
      const params = matches(route, method, path)
      if (params) return handler(requestOf(params, sending))
    }
    throw new Error(`nothing answers ${call}`)
  }
  return {
    ask,
    reports,
    memory,
    world,
    /** What Event Grid was told, by id. */
    published,
    pump: pumpOf(stores, projecting(opened, editions, world, settings), { feeds, world, otherwise, published }),
    /** Everything stored, by container. */
    stored: () => Object.fromEntries(containerNames.map(name => [name, memory[name].all()])),
  }
}

export type App = ReturnType<typeof wholeApp>
type Around = { surroundings: Desk['surroundings']; world: Desk['door']['world'] }

function routesOf(stores: Stores, { surroundings, world }: Around): [string, Handler][] {
  const reading = { stores, world, settings }
  const cursors = signedCursors('a secret for cursors')
  const desk: Desk = { surroundings, door: { ...stores, world }, reading, looks: sharedLooks(world), owners: new Map() }
  const room = { surroundings, reading, owners: stores.owners, cursors }
  return [
    ['POST /v1/accounts', openAccount(desk)],
    ['POST /v1/accounts/{id}/loads', loadCredits(desk)],
    ['POST /v1/accounts/{id}/freeze', freezeAccount(desk)],
    ['POST /v1/accounts/{id}/unfreeze', unfreezeAccount(desk)],
    ['POST /v1/accounts/{id}/close', closeAccount(desk)],
    ['POST /v1/transfers', sendCredits(desk)],
    ['POST /v1/transfers/{id}/approve', approveTransfer(desk)],
    ['POST /v1/transfers/{id}/decline', declineTransfer(desk)],
    ['GET /v1/accounts', listAccounts(room)],
    ['GET /v1/accounts/{id}', readAccount(room)],
    ['GET /v1/accounts/{id}/statement', readStatement(room)],
    ['GET /v1/payees/{id}', readPayee(room)],
    ['GET /v1/transfers', listTransfers(room)],
    ['GET /v1/transfers/{id}', readTransfer(room)],
    ['GET /v1/operations/{id}', readOperation(room)],
    ['GET /v1/parked', listParked(room)],
    ['POST /v1/parked/{id}/retry', retryParked(desk)],
    ['POST /v1/parked/{id}/discard', discardParked(desk)],
    ['GET /v1/reviews', listReviews({ surroundings, cursors, ...stores })],
    ['GET /v1/reviews/decided', listDecided({ surroundings, cursors, ...stores })],
  ]
}

type Pumped = {
  feeds: Record<string, StoredItem[]>
  world: Around['world']
  otherwise: (rule: Rule) => Rule
  published: string[]
}

function pumpOf(stores: Stores, projection: Projecting, { feeds, world, otherwise, published }: Pumped) {
  const { store, ...rest } = deciding({ ...stores, world, settings })
  const decisions = { ...rest, store: { ...store, rule: otherwise(store.rule) } }
  const moving = { ...stores, world, settings }
  const publishing = {
    ...stores,
    world,
    views: projection.views,
    source: 'urn:test',
    publish: async (news: readonly News[]) => {
      published.push(...news.map(({ id }) => id))
      for (const one of news) await updateReviews(stores.reviews, JSON.parse(JSON.stringify(one)))
    },
  }
  /** Lets everything that is stored take its course. */
  return async () => {
    while (feeds.commands?.length || feeds.events?.length || feeds.parked?.length) {
      await decideCommands(decisions, feeds.commands?.splice(0) ?? [])
      const events = feeds.events?.splice(0) ?? []
      await projectEvents(projection, events)
      await moveTransfers(moving, events)
      await publishEvents(publishing, events)
      const parked = feeds.parked?.splice(0) ?? []
      await lookAfterCommands({ ...stores, deciding: decisions, moving }, parked)
      await lookAfterViews({ projecting: projection, publishing, events: stores.events }, parked)
    }
  }
}

function identityIn(authorization: string | null): Identity {
  const [scheme, sub, roles = ''] = (authorization ?? '').split(' ')
  if (scheme !== 'Bearer' || !sub) throw new Problem('unauthenticated')
  return { sub, roles: new Set(roles.split(',') as Role[]) }
}

function matches(route: string, method: string, path: string): Record<string, string> | undefined {
  const names: string[] = []
  const pattern = route.replace(/\{(\w+)\}/g, (_, name: string) => {
    names.push(name)
    return '([^/]+)'
  })
  const found = new RegExp(`^${pattern}$`, 's').exec(`${method} ${path}`)
  return found ? Object.fromEntries(names.map((name, index) => [name, found[index + 1] ?? ''])) : undefined
}

/** A request as the Functions library hands it over. */
export function requestOf(params: Record<string, string>, sending: Sending): Request {
  const { as, body, bytes, key, headers = {}, query = {} } = sending
  const sent =
    bytes ?? (body === undefined ? undefined : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)))
  const all = new Map<string, string>()
  if (as !== undefined) all.set('authorization', `Bearer ${as}`)
  if (sent !== undefined) all.set('content-type', 'application/json').set('content-length', String(sent.byteLength))
  if (key !== undefined) all.set('idempotency-key', key)
  for (const [name, value] of Object.entries(headers)) all.set(name.toLowerCase(), value)
  return {
    headers: { get: name => all.get(name.toLowerCase()) ?? null },
    query: new URLSearchParams(query),
    params,
    arrayBuffer: async () => new Uint8Array(sent ?? []).buffer,
  }
}

export const bodyOf = (answer: Answer) => JSON.parse(answer.body ?? 'null') as Record<string, unknown>
export const problemOf = (answer: Answer) => String(bodyOf(answer)?.type ?? answer.status).replace('/problems/', '')

/** Opens an account for somebody and says its id. */
export async function opened(app: App, sub: string, body: object = { kind: 'personal', name: `${sub}'s` }) {
  const answer = await app.ask('POST /v1/accounts', { as: `${sub} user`, body })
  await app.pump()
  return String(bodyOf(answer).accountId)
}

/** Opens an account with credits in it. */
export async function funded(app: App, sub: string, amount = '5000000') {
  const id = await opened(app, sub)
  const body = { amount, paymentReference: 'card' }
  await app.ask(`POST /v1/accounts/${id}/loads`, { as: 'bank payments', key: `load ${id}`.replace(' ', '-'), body })
  await app.pump()
  return id
}
