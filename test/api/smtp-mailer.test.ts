import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'
import { smtpMailer } from '@remit/functions-reviews/smtp-mailer'
import { expect, onTestFinished, test } from 'vitest'

/** A mail server that answers one kind of line with an error. */
async function mailServer(refusing: string, answer: string): Promise<string> {
  const server = createServer(socket => {
    socket.on('error', () => {})
    if (refusing === 'greeting') return socket.end(`${answer}\r\n`)
    socket.write('220 mail\r\n')
    let isText = false
    createInterface({ input: socket }).on('line', line => {
      const kind = isText ? (line === '.' ? 'end' : 'text') : (line.split(/[ :]/)[0]?.toUpperCase() ?? '')
      if (kind === 'text') return
      if (kind === 'end') isText = false
      if (kind === refusing) return socket.write(`${answer}\r\n`)
      isText ||= kind === 'DATA'
      socket.write(
        kind === 'EHLO' ? '250-mail\r\n250 AUTH PLAIN\r\n' : kind === 'DATA' ? '354 go on\r\n' : '250 ok\r\n',
      )
    })
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return `smtp://user:secret@127.0.0.1:${(server.address() as AddressInfo).port}`
}

const mail = { to: 'rita@example.org', subject: 's', text: 't' }

test.each([
  ['RCPT', '550 nobody of that name', 'refused'],
  ['end', '552 too much', 'refused'],
  ['RCPT', '450 not now', 'thrown'],
  ['greeting', '554 you are on a list', 'thrown'],
  ['AUTH', '535 wrong password', 'thrown'],
  ['MAIL', '550 we know no such sender', 'thrown'],
])('a mail server that says at %s: %s', async (refusing, answer, wanted) => {
  const mailer = smtpMailer(await mailServer(refusing, answer), 'remit@example.org')
  expect(await mailer.send(mail as never).catch(() => 'thrown')).toBe(wanted)
})

test('a mail that is taken is sent', async () => {
  const mailer = smtpMailer(await mailServer('nothing', ''), 'remit@example.org')
  expect(await mailer.send(mail as never)).toBe('sent')
})
