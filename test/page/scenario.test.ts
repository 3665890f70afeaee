import { runScenario } from '@remit/simulator/run'
import { expect, test } from 'vitest'
import { eventually } from '../flow/remit.ts'
import { banner, reviewPage, withBrowser } from './reviewer.ts'

withBrowser('the page while a scenario is played', () => {
  const { visit, crowd, running } = reviewPage()

  test('transfers come and go; a click decides the last one, the balance follows, and the mail arrives', async () => {
    const watcher = await visit({ name: 'watcher' })
    const { page } = watcher
    const rows = page.locator('a.row')
    expect(await rows.count()).toBe(0)
    let most = 0
    let over = false
    const watching = (async () => {
      for (; !over; await page.waitForTimeout(50)) most = Math.max(most, await rows.count())
    })()
    const { address, mailbox } = running()
    const verdict = await runScenario({ scenario: 'reviews', address, seed: 7, expire: false })
    over = true
    await watching
    expect(verdict).toMatchObject({ ok: true, differences: 0 })
    expect(most).toBeGreaterThan(1)

    // One was left alone.
    const { rita, audrey } = await crowd()
    const { body } = await eventually(
      () => rita.get('/v1/reviews'),
      list => (list.items as unknown[]).length === 1,
    )
    const [{ transferId, to }] = body.items as [{ transferId: string; to: string }]
    const account = () => audrey.get(`/v1/accounts/${to}`)
    const before = Number((await account()).body.balance)
    await expect.poll(() => rows.count()).toBe(1)
    await rows.first().click()
    await page.getByRole('button', { name: 'Accept', exact: true }).click()
    await page.getByRole('button', { name: /^Accept €1,100\.00/ }).click()
    await banner(watcher).getByText('Accepted', { exact: true }).waitFor()
    const { body: transfer } = await eventually(
      () => audrey.get(`/v1/transfers/${transferId}`),
      one => one.status === 'completed',
    )
    await eventually(
      account,
      ({ balance }) => Number(balance) === before + Number(transfer.amount) - Number(transfer.fee),
    )
    const mails = async () => (await (await fetch(`${mailbox}/messages`)).text()).split(transferId).length - 1
    await expect.poll(mails, { timeout: 20_000 }).toBeGreaterThanOrEqual(2)
    await expect.poll(() => rows.count()).toBe(0)
  })
})
