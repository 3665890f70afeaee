import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { answerJson, answerPage } from 'local-plain-pages/answer'
import { whyNotLocal } from 'local-plain-pages/local-callers'
import { type Messages, openMessages } from './messages.ts'
import { listPage, messagePage } from './pages.ts'
import { takeMail } from './take-mail.ts'

export interface MailboxOptions {
  /** Of the page; 0, the default, lets the system choose. */
  port?: number
  /** Where mail is handed over. */
  smtpPort?: number
  host?: string
  /** Where mail is kept; without it a restart forgets. */
  folder?: string
  /** Probability from 0 to 1 that a mail is refused for now. */
  failures?: number
  /** Between 0 and 1, each time anew. */
  random?: () => number
}

export interface Mailbox {
  /** The page. */
  endpoint: string
  /** `smtp://…`, for senders. */
  smtp: string
  messages: Messages
  close(): Promise<void>
}

/** Takes mail, and shows it to people on this machine. Rejects when a port is taken. */
export async function startMailbox(options: MailboxOptions = {}): Promise<Mailbox> {
  const { host = '127.0.0.1', random = Math.random, failures = 0 } = options
  const messages = openMessages(options.folder)
  const smtp = takeMail(messages, { failures, random }, () => new Date())
  // A connection that breaks concerns its client only.
  smtp.on('error', () => {})
  const pages = createServer((request, response) => answer(messages, request, response))
  await listen(smtp.server as unknown as Server, options.smtpPort ?? 0, host)
  await listen(pages, options.port ?? 0, host)
  return {
    endpoint: `http://${addressOf(pages)}`,
    smtp: `smtp://${addressOf(smtp.server as unknown as Server)}`,
    messages,
    async close() {
      pages.closeAllConnections()
      await Promise.all([
        new Promise<void>(resolve => smtp.close(() => resolve())),
        new Promise<void>(resolve => pages.close(() => resolve())),
      ])
      messages.close()
    },
  }
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

function addressOf(server: Server): string {
  const { address, port, family } = server.address() as AddressInfo
  return `${family === 'IPv6' ? `[${address}]` : address}:${port}`
}

function answer(messages: Messages, request: IncomingMessage, response: ServerResponse): void {
  const refuse = (status: number, error: string) => answerJson(response, status, { error })
  const reason = whyNotLocal(request)
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://local')
  const to = searchParams.get('to') ?? undefined
  const message = messages.get(Number(/^\/messages\/(\d+)$/.exec(pathname)?.[1] ?? 0))
  if (reason !== undefined) refuse(403, reason)
  else if (request.method !== 'GET') refuse(405, 'Mail is read here, and sent by SMTP.')
  else if (pathname === '/') answerPage(response, listPage(messages.list(to), to))
  else if (pathname === '/messages') answerJson(response, 200, messages.list(to))
  else if (message) answerPage(response, messagePage(message))
  else refuse(404, 'There is no such page.')
}
