import { type Call, endpoint } from '@remit/api/http/endpoint'
import { transferBody } from '@remit/api/resources/shapes'
import { factsOfWish, transferKey, transferNow, transferResources } from '@remit/api/resources/transfer'
import { transferView } from '@remit/api/views'
import type { CommandOf } from '@remit/domain/account/commands'
import { asTransferId, commandIdFor } from '@remit/domain/ids'
import { fromWire } from '@remit/domain/money'
import type { TransferFacts } from '@remit/domain/transfer/facts'
import { statusOf } from '@remit/domain/transfer/status'
import type { z } from 'zod'
import { sendCommand } from '../door.ts'
import { accepted } from './accepted.ts'
import { type Desk, mustOwn, originOf } from './context.ts'

type Body = z.infer<typeof transferBody>

/** `POST /v1/transfers`: the paying account's owner sends credits to a person or a merchant. */
export function sendCredits(desk: Desk) {
  const rules = { roles: ['user'], body: transferBody, key: 'required' } as const
  return endpoint(desk.surroundings, rules, async (call: Call<Body>) => {
    const { from, to, amount, memo, metadata } = call.body
    await mustOwn(desk, call, from)
    const sent = await sendCommand(desk.door, {
      id: commandIdFor(from, 'SendCredits', call.key ?? ''),
      streamId: from,
      type: 'SendCredits',
      data: { to, amount: fromWire(amount) },
      texts: { ...(memo === undefined ? {} : { memo }), ...(metadata === undefined ? {} : { metadata }) },
      ...originOf(call),
    })
    const transferId = asTransferId(sent.command.id)
    const asResource = async (facts: TransferFacts) =>
      (await transferResources(desk.reading, [facts], call.caller.roles))[0]
    return accepted(desk, call, sent, {
      location: `/v1/transfers/${transferId}`,
      present: async () => {
        const wish = factsOfWish(sent.command as CommandOf<'SendCredits'>, desk.reading.settings.currency)
        return asResource((await transferNow(desk.reading, transferId)) ?? wish)
      },
      settled: async () => {
        const item = await desk.reading.stores.transfers.read(transferKey(transferId))
        const facts = item && transferView.parse(item).facts
        const status = facts && statusOf(facts)
        if (!facts || status === 'pending' || status === 'in_transit') return undefined
        return { status: status === 'held' ? 202 : 200, body: await asResource(facts) }
      },
    })
  })
}
