import type { AccountId } from '@remit/domain/ids'
import { partiesOf } from '@remit/review-page/parties'
import { expect, test } from 'vitest'

test('an account is asked for again after a minute: it may have been closed', async () => {
  let now = 0
  let asked = 0
  const payee = async (id: string) => {
    const accountId = id as AccountId
    asked++
    return { accountId, kind: 'merchant' as const, name: 'A shop', accepts: asked === 1 }
  }
  const parties = partiesOf({ payee }, { now: () => now })
  const look = async () => {
    parties.want('shop')
    await new Promise(resolve => setImmediate(resolve))
    return parties.of('shop')
  }
  expect(await look()).toMatchObject({ accepts: true })
  now += 59_000
  expect(await look()).toMatchObject({ accepts: true })
  expect(asked).toBe(1)
  now += 2_000
  expect(await look()).toMatchObject({ accepts: false })
  expect(asked).toBe(2)
})
