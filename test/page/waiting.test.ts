import { expect, test } from 'vitest'
import { eventually } from '../flow/remit.ts'
import { banner, open, reviewPage, rowOf, signIn, withBrowser } from './reviewer.ts'

withBrowser('the list of what waits', () => {
  const { visit, hold, crowd, address, expectToHear } = reviewPage()

  test('says that nothing waits, and shows by itself what comes and what goes', async () => {
    const rita = await visit({ name: 'rita' })
    await rita.page.getByText('Nothing waits').waitFor()
    const { path } = await hold('a first one')
    await rowOf(rita, 'a first one').waitFor()
    await rita.page.getByRole('status').getByText('1 transfer waits').waitFor({ state: 'attached' })
    const { rob } = await crowd()
    await rob.post(`${path}/approve`)
    await rowOf(rita, 'a first one').waitFor({ state: 'detached' })
    await rita.page.getByText('Nothing waits').waitFor()
  })

  test('is worked through with the keyboard alone', async () => {
    await hold('older')
    await hold('newer')
    const rita = await visit({})
    const { keyboard } = rita.page
    await rita.page.locator('#name:focus').waitFor()
    await keyboard.type('rita')
    await keyboard.press('Enter')
    await rowOf(rita, 'newer').waitFor()
    await keyboard.press('j')
    await keyboard.press('ArrowDown')
    await keyboard.press('k')
    await rita.page.locator('a.row:focus', { hasText: 'older' }).waitFor()
    await keyboard.press('Enter')
    await rita.page.locator('h2:focus').waitFor()
    await keyboard.press('j')
    await rita.page.locator('.memo-full', { hasText: 'newer' }).waitFor()
    await keyboard.press('k')
    await rita.page.locator('.memo-full', { hasText: 'older' }).waitFor()
    await keyboard.press('Escape')
    await rita.page.locator('a.row:focus', { hasText: 'older' }).waitFor()
    await keyboard.press('Enter')
    await rita.page.getByRole('button', { name: 'Decline', exact: true }).waitFor()
    await keyboard.press('d')
    // Letters that are keys elsewhere are only letters here.
    await keyboard.type('a?dj')
    expect(await rita.page.getByLabel('Reason').inputValue()).toBe('a?dj')
    await keyboard.press('Escape')
    await keyboard.press('a')
    await rita.page.getByLabel('Note').waitFor()
    await keyboard.press('Enter')
    await banner(rita).getByText('Accepted', { exact: true }).waitFor()
    await keyboard.press('?')
    await rita.page.getByRole('dialog').waitFor()
    await keyboard.press('j')
    await keyboard.press('Escape')
    await rita.page.getByRole('dialog').waitFor({ state: 'hidden' })
    await banner(rita).waitFor()
  })

  test('is as up to date as the network, and says when it is not', async () => {
    await hold('before')
    const rita = await visit({ name: 'rita' })
    await rowOf(rita, 'before').waitFor()
    expectToHear(/net::ERR_INTERNET_DISCONNECTED/)
    await rita.context.setOffline(true)
    await rita.page.getByText('No connection to the server.').waitFor()
    await rita.page.getByText(/Trying again/).waitFor()
    await hold('while away')
    expect(await rowOf(rita, 'before').count()).toBe(1)
    await rita.context.setOffline(false)
    await rowOf(rita, 'while away').waitFor()
    await rita.page.getByText('No connection to the server.').waitFor({ state: 'detached' })
  })

  test('is read at once when it is looked at again, and not before', async () => {
    await hold('seen')
    const rita = await visit({ name: 'rita', ownClock: true })
    await rowOf(rita, 'seen').waitFor()
    const look = (state: string) => `
      Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => '${state}' })
      document.dispatchEvent(new Event('visibilitychange'))`
    await rita.page.evaluate(look('hidden'))
    // The look that was due already still comes; after it nobody asks, however long it takes.
    await rita.page.waitForResponse(/\/v1\/reviews\?/)
    const asked: string[] = []
    rita.page.on('request', request => asked.push(request.url()))
    for (let second = 0; second < 60; second++) await rita.page.clock.runFor(1_000)
    expect(asked).toEqual([])
    await rita.page.evaluate(look('visible'))
    await expect.poll(() => asked.length).toBeGreaterThan(0)
  })

  test('brings back to the same transfer after a sign-in that has ended', async () => {
    await hold('to come back to')
    const rita = await visit({ name: 'rita' })
    await open(rita, 'to come back to')
    const there = rita.page.url()
    expectToHear(/401/)
    await rita.page.evaluate(`sessionStorage.setItem('remit.token', 'e30.e30.e30')`)
    await rita.page.getByText('Your sign-in has ended').waitFor()
    expect(rita.page.url()).toBe(there)
    await signIn(rita.page, 'rita')
    await rita.page.locator('.memo-full', { hasText: 'to come back to' }).waitFor()
    await rita.page.reload()
    await rita.page.locator('.memo-full', { hasText: 'to come back to' }).waitFor()
    expect(there).not.toMatch(/token|eyJ/)
    await rita.page.getByRole('button', { name: 'Sign out' }).click()
    await rita.page.getByLabel('Your name').waitFor()
    expect(await rita.page.evaluate('JSON.stringify(sessionStorage)')).toBe('{}')
    expect(await rita.page.getByText('Your sign-in has ended').count()).toBe(0)
  })

  test('sends a decision nobody answered again under the same key, and decides once', async () => {
    const { path } = await hold('a lost answer')
    const rita = await visit({ name: 'rita' })
    await open(rita, 'a lost answer')
    const keys: (string | undefined)[] = []
    expectToHear(/net::ERR_FAILED/)
    await rita.page.route(`**${path}/approve`, async route => {
      keys.push(route.request().headers()['idempotency-key'])
      // The first is carried out, and its answer lost on the way.
      if (keys.length === 1) await route.fetch()
      return keys.length < 3 ? route.abort() : route.continue()
    })
    await rita.page.getByRole('button', { name: 'Accept', exact: true }).click()
    await rita.page.getByRole('button', { name: /^Accept €/ }).click()
    await banner(rita).getByText('Accepted', { exact: true }).waitFor()
    expect(keys).toHaveLength(3)
    expect(new Set(keys).size).toBe(1)
    const { rob } = await crowd()
    expect((await rob.get(path)).body.decidedBy).toEqual(['rita'])
  })

  test('shows more when there is more than a page', async () => {
    for (let one = 1; one <= 22; one++) await hold(`many (${one})`)
    const { rob } = await crowd()
    await eventually(
      () => rob.get('/v1/reviews?limit=100'),
      ({ items }) => JSON.stringify(items).split('many (').length > 22,
    )
    const rita = await visit({ name: 'rita' })
    const rows = rita.page.locator('a.row')
    await expect.poll(() => rows.count()).toBe(20)
    await rita.page.getByRole('button', { name: 'Show more' }).click()
    await rowOf(rita, 'many (22)').waitFor()
    await rita.page.getByRole('button', { name: 'Show more' }).waitFor({ state: 'detached' })
    expect(await rows.count()).toBeGreaterThan(22)
  })

  test('answers below its own address only, with a policy that lets nothing else in', async () => {
    const answer = await fetch(address().slice(0, -1), { redirect: 'manual' })
    expect([answer.status, answer.headers.get('location')]).toEqual([308, '/review/'])
    const page = await fetch(address())
    const policy = page.headers.get('content-security-policy')
    expect(policy).toContain("default-src 'none'; script-src 'self'")
    expect(policy).not.toContain('unsafe')
    expect(await page.text()).not.toMatch(/<script(?![^>]* src=)|<style| on\w+=|style=/)
  })
})
