import { simpleParser } from 'mailparser'
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server'
import type { Messages } from './messages.ts'

/** What goes wrong on purpose. */
export interface MailFaults {
  /** Probability from 0 to 1 that a mail is refused for now (451), as a busy server does. */
  failures?: number
  /** Between 0 and 1, each time anew. */
  random(): number
}

/** The longest mail, in bytes. */
const sizeLimit = 1_048_576

/** Reserved for names that never lead anywhere (RFC 2606): mail for them is refused for good, as a real server does. */
const nowhere = /\.invalid$/i

class SmtpError extends Error {
  readonly responseCode: number
  constructor(responseCode: number, message: string) {
    super(message)
    this.responseCode = responseCode
  }
}

/** An SMTP server that puts every mail into a mailbox, whomever it is for. */
export function takeMail(messages: Messages, faults: MailFaults, now: () => Date): SMTPServer {
  return new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    size: sizeLimit,
    onRcptTo({ address }, _, answer) {
      if (nowhere.test(address)) answer(new SmtpError(550, `5.1.1 <${address}> is unknown here`))
      else answer()
    },
    onData(stream, session, answer) {
      keep(messages, { stream, session, faults, received: now() }).then(
        () => answer(),
        error => answer(error),
      )
    },
  })
}

interface Arrival {
  stream: SMTPServerDataStream
  session: SMTPServerSession
  faults: MailFaults
  received: Date
}

async function keep(messages: Messages, { stream, session, faults, received }: Arrival): Promise<void> {
  const mail = await simpleParser(stream)
  if (stream.sizeExceeded) throw new SmtpError(552, `5.3.4 A mail has at most ${sizeLimit} bytes`)
  if (faults.failures && faults.random() < faults.failures) throw new SmtpError(451, '4.3.2 Busy, come again')
  const { mailFrom, rcptTo } = session.envelope
  messages.add({
    received: received.toISOString(),
    from: mail.from?.text ?? (mailFrom ? mailFrom.address : ''),
    to: rcptTo.map(({ address }) => address.toLowerCase()),
    subject: mail.subject ?? '',
    text: mail.text ?? '',
    messageId: mail.messageId ?? '',
  })
}
