import { expect, test } from 'vitest'
import { eventually } from '../flow/remit.ts'
import { banner, open, type Reviewer, reviewPage, rowOf, withBrowser } from './reviewer.ts'

const status = (wanted: string) => (body: Record<string, unknown>) => body.status === wanted

async function accept({ page }: Reviewer, note = '') {
  await page.getByRole('button', { name: 'Accept', exact: true }).click()
  if (note) await page.getByLabel('Note').fill(note)
  await page.getByRole('button', { name: /^Accept €/ }).click()
}

async function decline({ page }: Reviewer, reason: string) {
  await page.getByRole('button', { name: 'Decline', exact: true }).click()
  await page.getByLabel('Reason').fill(reason)
  await page.getByRole('button', { name: /^Decline €/ }).click()
}

withBrowser('a reviewer', () => {
  const { visit, hold, crowd, expectToHear } = reviewPage()

  test('accepts with a note, and the credits arrive', async () => {
    const { alice } = await crowd()
    const { path } = await hold('a boat')
    const rita = await visit({ name: 'rita' })
    await open(rita, 'a boat')
    expect(await rita.page.getByRole('heading', { level: 2 }).textContent()).toContain('€1,500.00')
    const parties = rita.page.locator('.party .name')
    await expect.poll(() => parties.allInnerTexts()).toEqual(["alice's account", "bob's account"])
    await accept(rita, 'known customer')
    await banner(rita).getByText('Accepted', { exact: true }).waitFor()
    await eventually(() => alice.get(path), status('completed'))
    await rowOf(rita, 'a boat').waitFor({ state: 'detached' })
  })

  test('declines, but not without a reason', async () => {
    const { alice } = await crowd()
    const { path } = await hold('a plane')
    const rita = await visit({ name: 'rita' })
    await open(rita, 'a plane')
    await rita.page.getByRole('button', { name: 'Decline', exact: true }).click()
    await rita.page.getByRole('button', { name: /^Decline €/ }).click()
    await rita.page.getByText('Say why').waitFor()
    expect((await alice.get(path)).body.status).toBe('held')
    await rita.page.getByLabel('Reason').fill('never heard of them')
    await rita.page.getByRole('button', { name: /^Decline €/ }).click()
    await banner(rita).getByText('Declined').waitFor()
    const { body } = await eventually(() => alice.get(path), status('declined'))
    expect(body.reason).toBe('never heard of them')
    await rita.page.locator('.facts').getByText('never heard of them').waitFor()
  })

  test('who comes second hears who was first', async () => {
    const { path } = await hold('a race')
    const [rita, rob] = await Promise.all([visit({ name: 'rita' }), visit({ name: 'rob' })])
    await Promise.all([open(rita, 'a race'), open(rob, 'a race')])
    // The second does not hear by itself that it is too late: only the answer can say so.
    expectToHear(/net::ERR_FAILED/)
    await rob.page.route(`**${path}`, async route => route.abort())
    await rob.page.getByRole('button', { name: 'Decline', exact: true }).click()
    await rob.page.getByLabel('Reason').fill('too much')
    await accept(rita)
    await banner(rita).getByText('Accepted', { exact: true }).waitFor()
    await rob.page.unroute(`**${path}`)
    await rob.page.getByRole('button', { name: /^Decline €/ }).click()
    await banner(rob).getByText('rita accepted it').waitFor()
    expect(await banner(rob).textContent()).toContain('Your decision changed nothing')
  })

  test('who looks on while somebody else decides is told at once', async () => {
    const { path } = await hold('a watched one')
    const rita = await visit({ name: 'rita' })
    await open(rita, 'a watched one')
    const { rob } = await crowd()
    await rob.post(`${path}/decline`, { reason: 'no' })
    await banner(rita).getByText('rob declined it').waitFor()
    expect(await rita.page.getByRole('button', { name: 'Accept', exact: true }).count()).toBe(0)
  })

  test('may not accept a transfer of their own', async () => {
    const { path } = await hold('my own')
    const alice = await visit({ name: 'alice' })
    await open(alice, 'my own')
    await accept(alice)
    await banner(alice).getByText('You are a party to this transfer').waitFor()
    // Each decision starts afresh, and so does its form.
    await accept(alice)
    await alice.page.getByRole('button', { name: 'Accept', exact: true }).waitFor()
    const { rita } = await crowd()
    expect((await rita.get(path)).body.status).toBe('held')
  })

  test('accepts a large one, and a second one must, too', async () => {
    const { path } = await hold('a house', '1000000')
    const [rita, rob] = await Promise.all([visit({ name: 'rita' }), visit({ name: 'rob' })])
    await rowOf(rita, '0 of 2 accepted').waitFor()
    await Promise.all([open(rita, 'a house'), open(rob, 'a house')])
    await accept(rita)
    await banner(rita).getByText('Your approval is recorded').waitFor()
    expect(await banner(rita).textContent()).toContain('1 of 2')
    await rita.page.getByText('You have accepted. Another reviewer must, too.').waitFor()
    await rowOf(rob, '1 of 2 accepted').waitFor()
    await rob.page.locator('.facts').getByText('rita').waitFor()
    await accept(rob)
    await banner(rob).getByText('Accepted', { exact: true }).waitFor()
    await banner(rita).getByText('You and rob accepted it').waitFor()
    const { alice } = await crowd()
    await eventually(() => alice.get(path), status('completed'))
  })

  test('sees what went on between the two, and finds the decision in today', async () => {
    const rita = await visit({ name: 'rita' })
    await hold('one more')
    await open(rita, 'one more')
    await rita.page
      .locator('.history')
      .getByText(/earlier transfers?;/)
      .waitFor()
    expect(await rita.page.locator('.history tbody tr').count()).toBeGreaterThan(0)
    await decline(rita, 'enough')
    await banner(rita).getByText('Declined').waitFor()
    await rita.page.getByRole('link', { name: 'Today' }).click()
    const first = rita.page.locator('a.row').first()
    await first.getByText('by you').waitFor()
    expect(await first.textContent()).toContain('Declined')
    await rita.page.locator('a.row', { hasText: 'by you and rob' }).waitFor()
    expect(await rita.page.locator('a.row', { hasText: 'by rob' }).count()).toBe(1)
  })
})
