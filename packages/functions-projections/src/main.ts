import { app, type HttpHandler } from '@azure/functions'
import { asRead, containersOf, editionsIn, viewNames } from '@remit/api/editions'
import { readEnvironment, settingsOf, surroundingsOf } from '@remit/api/environment'
import { feedOptions, NEWS_POLL, OPERATOR_POLL } from '@remit/api/feed'
import { signedCursors } from '@remit/api/http/cursor'
import { realWorld as world } from '@remit/api/real-world'
import { feeds } from '@remit/api/resources/health'
import { openContainers, openFeeds } from '@remit/documents/containers'
import { z } from 'zod'
import { listAccounts, readAccount, readPayee } from './endpoints/accounts.ts'
import type { ReadingRoom } from './endpoints/context.ts'
import { readHealth } from './endpoints/health.ts'
import { nowhere } from './endpoints/nowhere.ts'
import { readOpenApi } from './endpoints/openapi.ts'
import { readOperation } from './endpoints/operations.ts'
import { listParked } from './endpoints/parked.ts'
import { readStatement } from './endpoints/statement.ts'
import { listTransfers, readTransfer } from './endpoints/transfers.ts'
import { eventGridPublisher } from './event-grid-publisher.ts'
import { lookAfterParked } from './look-after-parked.ts'
import { projectEvents, projecting } from './project-events.ts'
import { publishEvents } from './publish-events.ts'

const env = readEnvironment({
  FEED_POLL_MILLISECONDS: z.coerce.number().int().positive(),
  EVENT_GRID_TOPIC: z.url(),
  EVENT_GRID_KEY: z.string().optional(),
  EVENT_SOURCE: z.string().min(1),
  /** From how many seconds behind a feed makes `/health` unhealthy. */
  STUCK_AFTER_SECONDS: z.coerce.number().int().positive().default(60),
})
const settings = settingsOf(env)
const opened = openContainers(env.COSMOS, [
  ...containersOf(viewNames),
  'views',
  'details',
  'commands',
  'events',
  'parked',
])
const editions = editionsIn(opened.views, world)
const stores = asRead(opened, editions)
const room: ReadingRoom = {
  surroundings: surroundingsOf(env, world),
  reading: { stores, world, settings },
  owners: stores.owners,
  cursors: signedCursors(env.CURSOR_SECRET),
}
const projection = projecting(opened, editions, world, settings)
const publishing = {
  views: projection.views,
  parked: stores.parked,
  publish: eventGridPublisher({ endpoint: env.EVENT_GRID_TOPIC, key: env.EVENT_GRID_KEY }),
  source: env.EVENT_SOURCE,
  world,
}

const checkup = {
  ...openFeeds(env.COSMOS, Object.values(feeds)),
  transfers: stores.transfers,
  parked: stores.parked,
  world,
  stuckAfter: env.STUCK_AFTER_SECONDS,
}

const reads: Record<string, [route: string, handler: unknown]> = {
  listAccounts: ['v1/accounts', listAccounts(room)],
  readAccount: ['v1/accounts/{id}', readAccount(room)],
  readStatement: ['v1/accounts/{id}/statement', readStatement(room)],
  readPayee: ['v1/payees/{id}', readPayee(room)],
  readTransfer: ['v1/transfers/{id}', readTransfer(room)],
  listTransfers: ['v1/transfers', listTransfers(room)],
  listParked: ['v1/parked', listParked(room)],
  readOperation: ['v1/operations/{id}', readOperation(room)],
  readOpenApi: ['openapi.json', readOpenApi()],
  readHealth: ['health', readHealth(checkup)],
}
for (const [name, [route, handler]] of Object.entries(reads)) {
  app.http(name, { methods: ['GET'], route, authLevel: 'anonymous', handler: handler as HttpHandler })
}
app.http('nowhere', {
  methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'],
  route: '{*path}',
  authLevel: 'anonymous',
  handler: nowhere(world.randomId),
})

const feed = { ...feedOptions(env.FEED_POLL_MILLISECONDS), containerName: 'events' }
app.cosmosDB('projectEvents', {
  ...feed,
  leaseContainerPrefix: 'projectEvents',
  handler: (items: unknown[]) => projectEvents(projection, items),
})
app.cosmosDB('publishEvents', {
  ...feed,
  feedPollDelay: Math.max(NEWS_POLL, env.FEED_POLL_MILLISECONDS),
  leaseContainerPrefix: 'publishEvents',
  handler: (items: unknown[]) => publishEvents(publishing, items),
})
const after = { projecting: projection, publishing, events: stores.events }
app.cosmosDB('lookAfterViews', {
  ...feedOptions(OPERATOR_POLL),
  containerName: 'parked',
  leaseContainerPrefix: 'lookAfterViews',
  handler: (items: unknown[]) => lookAfterParked(after, items),
})
