import { createTransport } from 'nodemailer'
import type { Mailer } from './letters.ts'

/** Milliseconds a mail server has to answer. */
const ANSWER_WITHIN = 10_000

/** SMTP commands whose refusal is about this one mail. */
const ABOUT_THE_MAIL = ['RCPT TO', 'DATA']

/**
 * Mail by SMTP: a local mailbox, or a service that takes SMTP, as Azure Communication Services does.
 *
 * @param url `smtp://…` or `smtps://…`, with user and password where they are needed
 */
export function smtpMailer(url: string, from: string): Mailer {
  const address = new URL(url)
  for (const limit of ['connectionTimeout', 'greetingTimeout', 'socketTimeout']) {
    address.searchParams.set(limit, String(ANSWER_WITHIN))
  }
  const transport = createTransport(address.href, { from })
  return {
    send: async mail => {
      try {
        await transport.sendMail(mail)
        return 'sent'
      } catch (error) {
        const { responseCode, command } = error as { responseCode?: unknown; command?: unknown }
        const status = Number(responseCode)
        // 5xx to the receiver or the text: the server will never take this mail. To greeting, sign-in or sender it speaks
        // of how we are set up, and like anything else that may be over in a while.
        if (status >= 500 && status < 600 && ABOUT_THE_MAIL.includes(String(command))) return 'refused'
        throw error
      }
    },
  }
}
