import { expect, test } from 'vitest'
import { reviewPage, rowOf, withBrowser } from './reviewer.ts'

withBrowser('a page that is told to sign in with Entra', () => {
  const { visit, hold, running } = reviewPage()

  test('leaves, comes back to where it was, and keeps code and token out of the address', async () => {
    const { id } = await hold('for somebody of the tenant')
    const authority = `${running().address}/tenant`
    const rita = await visit({})
    const { page } = rita
    const identity = { kind: 'entra', authority, clientId: 'a-client', scope: 'api://remit/.default' }
    await page.route('**/review/config.json', route => route.fulfill({ json: { api: '', identity } }))
    await page.route('**/tenant/oauth2/v2.0/authorize?*', route => {
      const { searchParams } = new URL(route.request().url())
      const back = new URLSearchParams({ code: 'a-code', state: String(searchParams.get('state')) })
      return route.fulfill({ status: 302, headers: { location: `${searchParams.get('redirect_uri')}?${back}` } })
    })
    await page.route('**/tenant/oauth2/v2.0/token', async route => {
      const sent = new URLSearchParams(route.request().postData() ?? '')
      expect(sent.get('code_verifier')).toMatch(/^[\w-]{43}$/)
      const body = JSON.stringify({ sub: 'rita', roles: ['reviewer'] })
      const issued = await fetch(`${running().address}/local/token`, { method: 'POST', body })
      await route.fulfill({ json: await issued.json() })
    })
    const there = `${running().address}/review/#/waiting/${id}`
    await page.goto(there)
    await page.reload()
    expect(await page.getByLabel('Your name').count()).toBe(0)
    await page.getByRole('button', { name: 'Continue with Microsoft' }).click()
    await rowOf(rita, 'for somebody of the tenant').waitFor()
    await page.locator('.memo-full', { hasText: 'for somebody of the tenant' }).waitFor()
    expect(page.url()).toBe(there)
    await page.goto(`${running().address}/review/?code=stolen&state=guessed`)
    await page.getByRole('button', { name: 'Sign out' }).click()
    expect(page.url()).not.toContain('stolen')
  })
})
