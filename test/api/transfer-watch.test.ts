import { memoryDocuments } from '@remit/documents/memory'
import { defaultSettings as settings } from '@remit/domain/settings'
import { moveTransfers } from '@remit/functions-commands/move-transfers'
import { transferWatch } from '@remit/functions-commands/watch-transfers'
import { expect, test } from 'vitest'
import { NOON } from './whole-app.ts'

const account = (n: number) => `11111111-1111-4111-8111-${String(n).padStart(12, '0')}`
const transfer = (from: number, n: number) => `${account(from)}_${account(n)}`
const ago = (milliseconds: number) => new Date(NOON - milliseconds).toISOString()
const DAY = 86_400_000

/** What is seen of transfers, and what is sent for them. */
function world() {
  const now = () => NOON
  const documents = (partitionKey: string) => memoryDocuments({ partitionKey, now })
  const surroundings = { now, sleep: async () => {}, randomId: () => 'id' }
  const moving = {
    commands: documents('streamId'),
    parked: documents('streamId'),
    transfers: documents('transferId'),
    world: surroundings,
    settings,
  }
  const see = (id: string, facts: object) =>
    moving.transfers.write({
      kind: 'create',
      item: {
        id,
        transferId: id,
        status: 'held' in facts ? 'held' : 'in_transit',
        version: 2,
        attentionAt: ago(DAY),
        facts: {
          transferId: id,
          from: id.slice(0, 36),
          to: account(2),
          amount: 1000,
          currency: 'EUR',
          requestedAt: ago(2 * DAY),
          ...facts,
        },
      },
    })
  return { moving, see, sent: () => moving.commands.all().map(({ id }) => id) }
}

const overdue = { held: { at: ago(2 * DAY), dueAt: ago(DAY), approvalsNeeded: 1 } }
/** What a version of the system says that this one does not know. */
const unheard = { sent: { at: ago(DAY) }, bounced: { at: ago(DAY), reason: 'a_reason_of_tomorrow' } }

test('a transfer nobody can ask anything for is parked, and holds up no other', async () => {
  const { moving, see, sent } = world()
  await see(transfer(1, 1), unheard)
  await see(transfer(3, 9), overdue)
  await transferWatch(moving)()
  expect(sent()).toEqual([`${transfer(3, 9)}.expire`])
  expect(moving.parked.all().map(({ itemId, handler }) => [itemId, handler])).toEqual([
    [transfer(1, 1), 'watchTransfers'],
  ])
})

test('more that stand still than are looked at in one go hold up no expiry', async () => {
  const { moving, see, sent } = world()
  for (let n = 0; n < 2_000; n++) await see(transfer(1, n), { sent: { at: ago(DAY) } })
  await see(transfer(3, 9), overdue)
  const watch = transferWatch(moving)
  await watch()
  await watch()
  expect(sent()).toContain(`${transfer(3, 9)}.expire`)
  const again = transfer(3, 10)
  await see(again, overdue)
  await watch()
  await watch()
  expect(sent()).toContain(`${again}.expire`)
})

test('a reaction nobody can ask for is parked, and the others of its batch are sent', async () => {
  const { moving, sent } = world()
  const outcome = (commandId: string, type: string, more: object) => ({
    commandId,
    type,
    hash: 'h',
    actor: { kind: 'process', id: 'transfers' },
    at: ago(0),
    correlationId: 'c',
    ...more,
  })
  const append = (streamId: string, outcomes: object[], events: object[]) => ({
    id: '000000000001',
    streamId,
    from: 1,
    to: events.length,
    events,
    outcomes,
    at: ago(0),
    actor: { kind: 'process', id: 'x' },
    correlationId: 'c',
    after: { reducer: 'r', state: {}, lastTs: 0, recent: [] },
    previousHash: '',
    hash: 'h',
  })
  const data = { transferId: transfer(1, 1), from: account(1), amount: 5, currency: 'EUR' }
  const refused = { result: 'refused', reason: 'a_reason_of_tomorrow', data }
  const good = transfer(5, 5)
  const credits = { transferId: good, to: account(6), amount: 5, currency: 'EUR' }
  await moveTransfers(moving, [
    append(account(2), [outcome(`${transfer(1, 1)}.receive`, 'ReceiveCredits', refused)], []),
    append(
      account(5),
      [outcome(good, 'SendCredits', { result: 'applied' })],
      [{ version: 1, type: 'CreditsSent', commandId: good, data: credits }],
    ),
  ])
  expect(sent()).toEqual([`${good}.receive`])
  expect(moving.parked.all().map(({ handler }) => handler)).toEqual(['moveTransfers'])
})
