import { existsSync } from 'node:fs'
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect } from 'vitest'
import { opened, remit } from '../flow/remit.ts'

/** The browser of this machine, when there is one. */
const browserFile = [process.env.CHROMIUM, '/usr/bin/chromium'].find(file => file && existsSync(file))

export const withBrowser = describe.skipIf(!browserFile) // no Chromium here: apt-get install chromium, or say where in CHROMIUM

/** Nothing but the page: no sandbox for a container, and none of what a browser does on its own. */
const ARGUMENTS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-lcd-text',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** One person at the page, in a browser profile of their own. */
export type Reviewer = { readonly page: Page; readonly context: BrowserContext; readonly said: string[] }

type Visit = {
  /** Somebody who signs in; without a name the sign-in is shown. */
  readonly name?: string
  /** The part of the page to go to. */
  readonly at?: string
  readonly options?: BrowserContextOptions
  /** Its time can be made to pass. */
  readonly ownClock?: boolean
}

/** A system and a browser for one group of tests. What the browser complains about fails the test that did not expect it. */
export function reviewPage(settings: Record<string, string> = {}) {
  const system = remit(settings)
  let browser: Browser | undefined
  let visits: Reviewer[] = []
  const expected: RegExp[] = []
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: browserFile ?? '', args: ARGUMENTS })
  }, 60_000)
  afterAll(async () => browser?.close())
  afterEach(async () => {
    const said = visits.flatMap(visit => visit.said).filter(line => !expected.some(one => one.test(line)))
    await Promise.all(visits.map(({ context }) => context.close()))
    visits = []
    expected.length = 0
    expect(said).toEqual([])
  })

  const address = () => `${system.running().address}/review/`
  const visit = async ({ name, at = '', options = {}, ownClock = false }: Visit): Promise<Reviewer> => {
    const context = await browser?.newContext({ locale: 'en-GB', timezoneId: 'UTC', ...options })
    if (context === undefined) throw new Error('the browser did not start')
    const page = await context.newPage()
    page.setDefaultTimeout(15_000)
    if (ownClock) await page.clock.install()
    const said: string[] = []
    page.on('console', message => said.push(message.text()))
    page.on('pageerror', error => said.push(error.message))
    page.on('request', request => {
      if (!request.url().startsWith(system.running().address)) said.push(`asked for ${request.url()}`)
    })
    const reviewer = { page, context, said }
    visits.push(reviewer)
    await page.goto(`${address()}${at}`)
    if (name !== undefined) await signIn(page, name)
    return reviewer
  }
  /** What a test provokes is no surprise. */
  const expectToHear = (...lines: RegExp[]) => void expected.push(...lines)
  return { ...system, address, visit, expectToHear, hold: holding(system) }
}

export async function signIn(page: Page, name: string): Promise<void> {
  await page.getByLabel('Your name').fill(name)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('navigation', { name: 'Lists' }).waitFor()
}

type Held = { readonly id: string; readonly path: string; readonly from: string; readonly to: string }

/** Makes transfers that wait for a reviewer, between the same two unless told otherwise. */
function holding({ crowd }: ReturnType<typeof remit>) {
  let accounts: Promise<{ from: string; to: string }> | undefined
  const both = async () => {
    const { alice, bob, till } = await crowd()
    return { from: await opened(alice, till, { load: 900_000_000 }), to: await opened(bob, till) }
  }
  return async (memo: string, amount = '150000', to?: string): Promise<Held> => {
    accounts ??= both()
    const between = { ...(await accounts), ...(to === undefined ? {} : { to }) }
    const { alice } = await crowd()
    const { body } = await alice.post('/v1/transfers', { ...between, amount, memo })
    const id = String(body.transferId)
    return { ...between, id, path: `/v1/transfers/${id}` }
  }
}

/** The row of a list that says this. */
export const rowOf = ({ page }: Reviewer, memo: string) => page.locator('a.row', { hasText: memo })

/** Opens a transfer from the list. */
export async function open(reviewer: Reviewer, memo: string): Promise<void> {
  await rowOf(reviewer, memo).click()
  await reviewer.page.locator('.memo-full', { hasText: memo }).waitFor()
}

export const banner = ({ page }: Reviewer) => page.locator('.banner')
