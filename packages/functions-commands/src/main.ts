import { app, type HttpHandler } from '@azure/functions'
import { asRead, containersOf, editionsIn } from '@remit/api/editions'
import { readEnvironment, settingsOf, surroundingsOf } from '@remit/api/environment'
import { feedOptions, OPERATOR_POLL } from '@remit/api/feed'
import type { Handler } from '@remit/api/http/endpoint'
import { realWorld as world } from '@remit/api/real-world'
import { openContainers } from '@remit/documents/containers'
import { z } from 'zod'
import { decideCommands, deciding } from './decide-commands.ts'
import { closeAccount, freezeAccount, unfreezeAccount } from './endpoints/account-status.ts'
import type { Desk } from './endpoints/context.ts'
import { loadCredits } from './endpoints/load-credits.ts'
import { sharedLooks } from './endpoints/looks.ts'
import { openAccount } from './endpoints/open-account.ts'
import { discardParked, retryParked } from './endpoints/parked.ts'
import { approveTransfer, declineTransfer } from './endpoints/review-transfer.ts'
import { sendCredits } from './endpoints/send-credits.ts'
import { lookAfterParked } from './look-after-parked.ts'
import { moveTransfers } from './move-transfers.ts'
import { transferWatch } from './watch-transfers.ts'

const env = readEnvironment({
  FEED_POLL_MILLISECONDS: z.coerce.number().int().positive(),
  /** When open transfers are asked about: NCRONTAB with seconds. */
  WATCH_SCHEDULE: z.string().default('*/10 * * * * *'),
})
const settings = settingsOf(env)
const opened = openContainers(env.COSMOS, [
  ...containersOf(['accounts', 'transfers', 'operations']),
  'views',
  'commands',
  'events',
  'details',
  'parked',
])
const stores = asRead(opened, editionsIn(opened.views, world))
const desk: Desk = {
  surroundings: surroundingsOf(env, world),
  door: { commands: stores.commands, details: stores.details, world },
  reading: { stores, world, settings },
  looks: sharedLooks(world),
  owners: new Map(),
}
const moving = { ...stores, world, settings }
const decisions = deciding({ ...stores, world, settings })

const calls: Record<string, [method: 'POST', route: string, handler: Handler]> = {
  openAccount: ['POST', 'v1/accounts', openAccount(desk)],
  loadCredits: ['POST', 'v1/accounts/{id}/loads', loadCredits(desk)],
  freezeAccount: ['POST', 'v1/accounts/{id}/freeze', freezeAccount(desk)],
  unfreezeAccount: ['POST', 'v1/accounts/{id}/unfreeze', unfreezeAccount(desk)],
  closeAccount: ['POST', 'v1/accounts/{id}/close', closeAccount(desk)],
  sendCredits: ['POST', 'v1/transfers', sendCredits(desk)],
  approveTransfer: ['POST', 'v1/transfers/{id}/approve', approveTransfer(desk)],
  declineTransfer: ['POST', 'v1/transfers/{id}/decline', declineTransfer(desk)],
  retryParked: ['POST', 'v1/parked/{id}/retry', retryParked(desk)],
  discardParked: ['POST', 'v1/parked/{id}/discard', discardParked(desk)],
}
for (const [name, [method, route, handler]] of Object.entries(calls)) {
  app.http(name, { methods: [method], route, authLevel: 'anonymous', handler: handler as HttpHandler })
}

const feed = feedOptions(env.FEED_POLL_MILLISECONDS)
app.cosmosDB('decideCommands', {
  ...feed,
  containerName: 'commands',
  leaseContainerPrefix: 'decideCommands',
  handler: (items: unknown[]) => decideCommands(decisions, items),
})
app.cosmosDB('moveTransfers', {
  ...feed,
  containerName: 'events',
  leaseContainerPrefix: 'moveTransfers',
  handler: (items: unknown[]) => moveTransfers(moving, items),
})
const after = { ...stores, deciding: decisions, moving }
app.cosmosDB('lookAfterCommands', {
  ...feedOptions(OPERATOR_POLL),
  containerName: 'parked',
  leaseContainerPrefix: 'lookAfterCommands',
  handler: (items: unknown[]) => lookAfterParked(after, items),
})
app.timer('watchTransfers', { schedule: env.WATCH_SCHEDULE, handler: transferWatch(moving) })
