import { html, page, table } from 'local-plain-pages/html'
import type { Message } from './messages.ts'

/** All mails, or those for one address. */
export function listPage(messages: Message[], to: string | undefined): string {
  const rows = messages.map(({ id, received, from, to: recipients, subject }) => [
    received,
    from,
    recipients.join(', '),
    html`<a href="/messages/${id}">${subject === '' ? '(no subject)' : subject}</a>`,
  ])
  const title = to === undefined ? 'Mailbox' : `Mailbox of ${to}`
  const back = to === undefined ? html`` : html`<p><a href="/">All mail</a></p>`
  return page(title, html`${back}${table('Messages, newest first', ['Received', 'From', 'To', 'Subject'], rows)}`)
}

/** One mail. */
export function messagePage({ received, from, to, subject, text }: Message): string {
  const recipients = to.map(one => html`<a href="/?to=${encodeURIComponent(one)}">${one}</a> `)
  return page(
    subject === '' ? '(no subject)' : subject,
    html`<p><a href="/">All mail</a></p>
<p>From ${from}<br>To ${recipients}<br>Received ${received}</p>
<pre style="white-space: pre-wrap">${text}</pre>`,
  )
}
