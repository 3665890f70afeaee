import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { buildPage } from '@remit/review-page/build-page'
import axe from 'axe-core'
import { expect, test } from 'vitest'
import { banner, open, type Reviewer, reviewPage, rowOf, withBrowser } from './reviewer.ts'

/** Of script, compressed as a server sends it; bytes. */
const MOST_SCRIPT = 30_000
/** From the request to the first paint; milliseconds, on a busy machine too. */
const FIRST_PAINT = 1_000

/** What keeps somebody from using the page as it is now. */
async function barriers({ page }: Reviewer): Promise<string[]> {
  await page.evaluate(axe.source)
  const found = (await page.evaluate('axe.run()')) as { violations: Violation[] }
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(node => node.html).join(' ')}`)
}
type Violation = { id: string; impact: string; nodes: { html: string }[] }

const overflow = ({ page }: Reviewer) =>
  page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')

test('the script is small', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'remit-page-'))
  await buildPage(folder, { api: '', identity: { kind: 'local' } })
  const script = await readFile(join(folder, 'page.js'))
  await rm(folder, { recursive: true })
  expect(gzipSync(script).byteLength).toBeLessThan(MOST_SCRIPT)
})

withBrowser('the page', () => {
  const { visit, hold, crowd, address } = reviewPage()
  const dark = { colorScheme: 'dark' } as const
  const phone = { viewport: { width: 360, height: 640 }, hasTouch: true, isMobile: true } as const

  test('paints within a second', async () => {
    const { page } = await visit({})
    await page.getByLabel('Your name').waitFor()
    await page.goto(address())
    await page.getByLabel('Your name').waitFor()
    const [paint] = (await page.evaluate(`performance.getEntriesByType('paint').map(one => one.startTime)`)) as number[]
    expect(paint).toBeGreaterThan(0)
    expect(paint).toBeLessThan(FIRST_PAINT)
  })

  test.each([
    ['light', {}],
    ['dark', dark],
    ['on a phone', phone],
  ])('has no barriers, and fits: %s', async (_, options) => {
    const memo = `to look at ${JSON.stringify(options).length}`
    const { path } = await hold(memo, '1000000')
    const rita = await visit({ options })
    const look = async () => {
      expect(await barriers(rita)).toEqual([])
      expect(await overflow(rita)).toBeLessThanOrEqual(0)
    }
    await look()
    await rita.page.getByLabel('Your name').fill('rita')
    await rita.page.getByRole('button', { name: 'Sign in' }).click()
    await rowOf(rita, memo).waitFor()
    await look()
    await open(rita, memo)
    await rita.page.locator('.history').getByText('earlier').waitFor()
    await look()
    await rita.page.getByRole('button', { name: 'Decline', exact: true }).click()
    await rita.page.getByRole('button', { name: /^Decline €/ }).click()
    await look()
    const { rob } = await crowd()
    await rob.post(`${path}/decline`, { reason: 'no' })
    await banner(rita).waitFor()
    await look()
    await rita.page.keyboard.press('Escape')
    await rita.page.goto(`${address()}#/today`)
    await rowOf(rita, 'Declined').first().waitFor()
    await look()
  })

  test('is dark where people want that', async () => {
    const ground = async (options: object) => {
      const { page } = await visit({ options })
      return page.evaluate('getComputedStyle(document.documentElement).backgroundColor')
    }
    expect(await ground({})).toBe('rgb(244, 246, 249)')
    expect(await ground(dark)).toBe('rgb(14, 19, 26)')
  })

  test('shows one thing at a time on a phone, and goes back to where one was', async () => {
    await hold('in the pocket')
    const rita = await visit({ name: 'rita', options: phone })
    await open(rita, 'in the pocket')
    expect(await rowOf(rita, 'in the pocket').isVisible()).toBe(false)
    expect(await rita.page.getByRole('button', { name: 'Accept', exact: true }).isVisible()).toBe(true)
    await rita.page.getByRole('button', { name: 'Back' }).click()
    await rita.page.locator('a.row:focus', { hasText: 'in the pocket' }).waitFor()
  })

  test('keeps its place while things arrive', async () => {
    await hold('at rest')
    const rita = await visit({ name: 'rita' })
    await open(rita, 'at rest')
    await rita.page
      .locator('.history')
      .getByText(/earlier/)
      .waitFor()
    await rita.page.reload()
    await rita.page
      .locator('.history')
      .getByText(/earlier/)
      .waitFor()
    const shift = await rita.page.evaluate(`new Promise(resolve => {
      new PerformanceObserver(list => resolve(list.getEntries().reduce((sum, one) => sum + one.value, 0)))
        .observe({ type: 'layout-shift', buffered: true })
      setTimeout(() => resolve(0), 500)
    })`)
    expect(shift).toBeLessThan(0.1)
  })
})
