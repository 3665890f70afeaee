import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import type { Person } from '../flow/remit.ts'
import { banner, open, type Reviewer, reviewPage, rowOf, withBrowser } from './reviewer.ts'
import { smallPng } from './small-png.ts'

const picture = test.skipIf(process.env.UPDATE_SCREENSHOTS !== '1') // they are made when somebody asks for them
const folder = new URL('../../docs/screenshots/', import.meta.url)
const LARGEST = 100_000

// UPDATE_SCREENSHOTS=1 pnpm vitest run test/page/screenshots
withBrowser('the page in pictures', () => {
  const { visit, crowd, expectToHear } = reviewPage()
  const shoot = async ({ page }: Reviewer, name: string) => {
    const path = fileURLToPath(new URL(`${name}.png`, folder))
    await page.mouse.move(0, 0)
    const picture = smallPng(await page.screenshot({ animations: 'disabled' }))
    expect(picture.byteLength).toBeLessThan(LARGEST)
    writeFileSync(path, picture)
  }
  const desk = { viewport: { width: 1120, height: 760 } }
  const phone = { viewport: { width: 390, height: 780 } }

  picture(
    'are made',
    async () => {
      const { alice, bob, shop, till, rob } = await crowd()
      const account = async (owner: Person, name: string, kind = 'personal') =>
        String((await owner.post('/v1/accounts', { kind, name })).body.accountId)
      const payer = await account(alice, 'Alice Martin')
      const friend = await account(bob, 'Bob Keller')
      const dealer = await account(shop, 'Nordstern Cars', 'merchant')
      await till.post(`/v1/accounts/${payer}/loads`, { amount: '9000000', paymentReference: 'card 1' })
      const send = (to: string, amount: string, memo: string) =>
        alice.post('/v1/transfers', { from: payer, to, amount, memo })
      for (const amount of ['2500', '48000', '1999']) await send(dealer, amount, 'service')
      await send(friend, '15000', 'tickets')
      await send(dealer, '1849000', 'Estate car, order 1182')
      await send(friend, '245000', 'Deposit for the flat')
      const race = await send(dealer, '129900', 'Winter tyres and fitting')
      const old = await send(friend, '100000', 'Loan, paid back')
      await rob.post(`/v1/transfers/${old.body.transferId}/approve`)
      const bad = await send(dealer, '300000', 'Voucher')
      await rob.post(`/v1/transfers/${bad.body.transferId}/decline`, { reason: 'Vouchers are not for sale' })

      await shoot(await visit({ options: phone }), 'sign-in')
      const rita = await visit({ name: 'rita', options: desk })
      await rowOf(rita, 'Winter tyres').waitFor()
      await rita.page.locator('.name.loading').first().waitFor({ state: 'detached' })
      await shoot(rita, 'waiting')
      await open(rita, 'Estate car')
      await rita.page.locator('.history td').first().waitFor()
      await shoot(rita, 'one-transfer')
      await rita.page.emulateMedia({ colorScheme: 'dark' })
      await rita.page.keyboard.press('a')
      await shoot(rita, 'dark')
      await rita.page.emulateMedia({ colorScheme: 'light' })
      await rita.page.keyboard.press('Escape')
      await open(rita, 'Winter tyres')
      await rob.post(`/v1/transfers/${race.body.transferId}/approve`)
      await banner(rita).waitFor()
      await shoot(rita, 'decided-by-somebody-else')
      await rita.page.getByRole('link', { name: 'Today' }).click()
      await rowOf(rita, 'by rob').first().waitFor()
      await shoot(rita, 'today')
      expectToHear(/net::ERR_INTERNET_DISCONNECTED/)
      await rita.page.getByRole('link', { name: 'Waiting' }).click()
      await rita.context.setOffline(true)
      await rita.page.getByText('No connection').waitFor()
      await shoot(rita, 'offline')
      const roan = await visit({ name: 'roan', options: phone })
      await rowOf(roan, 'Estate car').waitFor()
      await roan.page.locator('.name.loading').first().waitFor({ state: 'detached' })
      await shoot(roan, 'phone-list')
      await open(roan, 'Estate car')
      await roan.page.locator('.history td').first().waitFor()
      await shoot(roan, 'phone')
    },
    120_000,
  )
})
