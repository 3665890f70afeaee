import { expect, test } from 'vitest'
import { banner, open, reviewPage, rowOf, withBrowser } from './reviewer.ts'

withBrowser('the time to decide', () => {
  // Long enough to open it calmly and look at its last tenth, short enough to wait for.
  const { visit, hold, crowd } = reviewPage({ REVIEW_PERIOD_SECONDS: '12', WATCH_SCHEDULE: '* * * * * *' })

  test('runs out before the eyes: it counts down, warns, and ends', async () => {
    const rita = await visit({ name: 'rita' })
    await hold('too late')
    await rowOf(rita, 'too late').locator('.due.calm').waitFor()
    await open(rita, 'too late')
    await rita.page.getByRole('button', { name: 'Accept', exact: true }).click()
    await rita.page.locator('.one .due.urgent', { hasText: /only \d s/ }).waitFor()
    await banner(rita).getByText('It has expired').waitFor()
    expect(await rita.page.getByRole('button', { name: /^Accept/ }).count()).toBe(0)
    await rowOf(rita, 'too late').waitFor({ state: 'detached' })
    await rita.page.getByRole('link', { name: 'Today' }).click()
    await rowOf(rita, 'nobody decided').getByText('Expired').waitFor()
    const { rob } = await crowd()
    const { body } = await rob.get('/v1/reviews/decided')
    expect(body.items).toMatchObject([{ memo: 'too late', outcome: 'expired', decisions: [{ what: 'expired' }] }])
  })

  test('a decision that comes too late is told what happened', async () => {
    const rita = await visit({ name: 'rita' })
    const { path } = await hold('just missed')
    await open(rita, 'just missed')
    await rita.page.getByRole('button', { name: 'Accept', exact: true }).click()
    const expire = async () => (await (await crowd()).rob.get(path)).body.status
    // The page is kept from hearing of the end until it has sent the decision, as it may be by a slow network.
    let isSent = false
    rita.page.on('request', request => {
      isSent ||= request.method() === 'POST' && request.url().endsWith(`${path}/approve`)
    })
    await rita.page.route(`**${path}`, async route => {
      const answer = await route.fetch()
      const transfer = (await answer.json()) as object
      await route.fulfill({ response: answer, json: isSent ? transfer : { ...transfer, status: 'held' } })
    })
    await expect.poll(expire, { timeout: 25_000 }).toBe('expired')
    await rita.page.getByRole('button', { name: /^Accept €/ }).click({ noWaitAfter: true })
    await banner(rita).getByText('It has expired').waitFor()
    await rita.page.unrouteAll({ behavior: 'ignoreErrors' })
  })
})
