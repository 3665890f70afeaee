import { mkdtempSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type MailboxOptions, startMailbox } from 'local-mailbox/server'
import { createTransport } from 'nodemailer'
import { afterEach, describe, expect, test } from 'vitest'

const ends: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end()
})

/** A mailbox, and one who sends to it. */
async function post(options: MailboxOptions = {}) {
  const mailbox = await startMailbox(options)
  const transport = createTransport(mailbox.smtp)
  ends.push(
    () => mailbox.close(),
    () => transport.close(),
  )
  const send = (more: object = {}) =>
    transport.sendMail({
      from: 'Remit <no-reply@remit.local>',
      to: 'ann@remit.local',
      subject: 'Hello',
      text: 'Hi Ann',
      ...more,
    })
  const get = async (path: string) => fetch(`${mailbox.endpoint}${path}`)
  return { mailbox, send, get }
}

describe('the local mailbox', () => {
  test('keeps what is sent, newest first, for everybody or for one', async () => {
    const { send, get } = await post()
    await send()
    await send({ to: 'Bob@remit.local', bcc: 'carl@remit.local', subject: 'Für Bob ✓', text: 'zwei\nZeilen' })
    const all = JSON.parse(await (await get('/messages')).text())
    expect(all).toMatchObject([
      { id: 2, to: ['bob@remit.local', 'carl@remit.local'], subject: 'Für Bob ✓', text: 'zwei\nZeilen\n' },
      { id: 1, from: '"Remit" <no-reply@remit.local>', to: ['ann@remit.local'], subject: 'Hello' },
    ])
    expect(all[0].received).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/)
    expect(all[0].messageId).toMatch(/^<.+@.+>$/)
    const one = JSON.parse(await (await get('/messages?to=carl@remit.local')).text())
    expect(one.map(({ id }: { id: number }) => id)).toEqual([2])
  })

  test('shows them on pages without script, with everything escaped', async () => {
    const { send, get } = await post()
    await send({ subject: '<b>x</b>', text: '<script>alert(1)</script>', to: '"><img@remit.local' }).catch(() => {})
    await send({ subject: '<b>x</b>', text: '<script>alert(1)</script>' })
    const list = await get('/')
    expect(list.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(await list.text()).toContain('&lt;b&gt;x&lt;/b&gt;</a>')
    const message = await (await get('/messages/1')).text()
    expect(message).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
    expect(message).not.toContain('<script')
    expect((await get('/messages/99')).status).toBe(404)
    expect((await get('/elsewhere')).status).toBe(404)
  })

  test('is for this machine only, and takes nothing over HTTP', async () => {
    const { mailbox } = await post()
    const status = (method: string, headers: Record<string, string>) =>
      new Promise(resolve =>
        request(mailbox.endpoint, { method, headers }, response => resolve(response.resume().statusCode)).end(),
      )
    expect(await status('GET', { host: 'evil.example' })).toBe(403)
    expect(await status('POST', {})).toBe(405)
  })

  test('refuses addresses that lead nowhere for good, and takes the others of the same mail', async () => {
    const { mailbox, send } = await post()
    await expect(send({ to: 'nobody@remit.invalid' })).rejects.toMatchObject({ responseCode: 550 })
    const { rejected } = await send({ to: ['nobody@remit.invalid', 'ann@remit.local'] })
    expect(rejected).toEqual(['nobody@remit.invalid'])
    expect(mailbox.messages.list().map(({ to }) => to)).toEqual([['ann@remit.local']])
  })

  test('refuses a mail that is too large, and is busy when it is told to be', async () => {
    const chances = [0.4, 0.6]
    const { mailbox, send } = await post({ failures: 0.5, random: () => chances.shift() ?? 1 })
    await expect(send()).rejects.toMatchObject({ responseCode: 451 })
    await send()
    await expect(send({ text: 'x'.repeat(1_100_000) })).rejects.toMatchObject({ responseCode: 552 })
    expect(mailbox.messages.list()).toHaveLength(1)
  })

  test('keeps mail over a restart when it has a folder', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'remit-mailbox-'))
    ends.push(() => rmSync(folder, { recursive: true, force: true }))
    const first = await startMailbox({ folder })
    const transport = createTransport(first.smtp)
    await transport.sendMail({ from: 'a@remit.local', to: 'b@remit.local', subject: 'kept', text: '' })
    transport.close()
    await first.close()
    const { mailbox } = await post({ folder })
    expect(mailbox.messages.list().map(({ subject }) => subject)).toEqual(['kept'])
  })
})
