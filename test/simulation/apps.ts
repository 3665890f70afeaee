import { asRead, type Editions, type EditionsNow, editionsOf, viewNames } from '@remit/api/editions'
import type { Surroundings } from '@remit/api/http/endpoint'
import type { Identity, Role } from '@remit/api/http/identity'
import { Problem } from '@remit/api/http/problems'
import type { World } from '@remit/api/ports'
import type { ContainerName } from '@remit/documents/containers'
import type { Documents } from '@remit/documents/documents'
import { defaultSettings, type Settings } from '@remit/domain/settings'
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
import { transferWatch } from '@remit/functions-commands/watch-transfers'
import type { News } from '@remit/functions-projections/cloud-events'
import type { KeptViews } from '@remit/functions-projections/kept-views'
import { lookAfterParked as lookAfterViews } from '@remit/functions-projections/look-after-parked'
import { projectEvents, projecting } from '@remit/functions-projections/project-events'
import { publishEvents } from '@remit/functions-projections/publish-events'
import type { FeedName, Handle, PlantedBug, Rule } from './planted-bug.ts'

/** Reviews last half a minute here, so that some expire within a history. */
export const settings: Settings = { ...defaultSettings, reviewPeriod: 30_000 }

/** Nothing was ever rebuilt, and nobody needs to ask. */
const first = Object.fromEntries(viewNames.map(name => [name, editionsOf(name, undefined)])) as EditionsNow
export const firstEditions: Editions = { now: async () => first }

export type Stores = Record<ContainerName, Documents>
export type Calls = Record<
  'open' | 'load' | 'send' | 'approve' | 'decline' | 'freeze' | 'unfreeze' | 'close' | 'retry' | 'discard',
  ReturnType<typeof openAccount>
>
type Feed = readonly [name: FeedName, container: ContainerName, handle: Handle]
export type App = { readonly feeds: readonly Feed[]; readonly calls?: Calls; readonly timer?: () => Promise<void> }

type Around = { readonly stores: Stores; readonly editions: Editions; readonly world: World; readonly bug: PlantedBug }
type CommandsAround = Around & {
  readonly report: Surroundings['report']
  /** Another version of the rule, or one with a defect. */
  readonly version: (rule: Rule) => Rule
}

/** The commands app as one process runs it. */
export function commandsApp({ stores: opened, editions, world, bug, report, version }: CommandsAround): App {
  const stores = asRead(opened, editions)
  const { store, ...rest } = deciding({ ...stores, world, settings })
  const rule = version(store.rule as never)
  const decisions = { ...rest, store: { ...store, rule: (bug.rule?.(rule) ?? rule) as never } }
  const moving = { ...stores, world, settings }
  const desk: Desk = {
    surroundings: { verify: async authorization => identityIn(authorization), randomId: world.randomId, report },
    door: { ...stores, world },
    reading: { stores, world, settings },
    looks: sharedLooks(world),
    owners: new Map(),
  }
  const after = { ...stores, deciding: decisions, moving }
  return {
    calls: callsOf(desk),
    feeds: [
      ['decide', 'commands', items => decideCommands(decisions, items)],
      ['move', 'events', items => moveTransfers(moving, items)],
      ['lookAfterCommands', 'parked', items => lookAfterCommands(after, items)],
    ],
    timer: transferWatch(moving),
  }
}

/** The projections app as one process runs it. */
export function projectionsApp(around: Around & { readonly publish: (news: readonly News[]) => Promise<void> }): App {
  const { stores, editions, world, bug, publish } = around
  const projection = projecting(stores, editions, world, settings)
  const publishing = {
    views: async () => withWatermark(await projection.views(), bug.watermark),
    parked: stores.parked,
    publish,
    source: 'urn:remit:simulated',
    world,
  }
  const after = { projecting: projection, publishing, events: stores.events }
  return {
    feeds: [
      ['project', 'events', items => projectEvents(projection, items)],
      ['publish', 'events', items => publishEvents(publishing, items)],
      ['lookAfterViews', 'parked', items => lookAfterViews(after, items)],
    ],
  }
}

function withWatermark(views: KeptViews, watermark: PlantedBug['watermark']): KeptViews {
  const { accounts } = views.read
  if (watermark === undefined) return views
  return { ...views, read: { ...views.read, accounts: { ...accounts, accounts: watermark(accounts.accounts) } } }
}

function callsOf(desk: Desk): Calls {
  return {
    open: openAccount(desk),
    load: loadCredits(desk),
    send: sendCredits(desk),
    approve: approveTransfer(desk),
    decline: declineTransfer(desk),
    freeze: freezeAccount(desk),
    unfreeze: unfreezeAccount(desk),
    close: closeAccount(desk),
    retry: retryParked(desk),
    discard: discardParked(desk),
  }
}

/** In this world a token is its own content: `<subject> <role>`. */
function identityIn(authorization: string | null): Identity {
  const [sub, role] = (authorization ?? '').split(' ')
  if (!sub || !role) throw new Problem('unauthenticated')
  return { sub, roles: new Set([role as Role]) }
}
