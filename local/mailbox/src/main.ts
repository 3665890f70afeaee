import { Command, InvalidArgumentError } from 'commander'
import { startMailbox } from './server.ts'

const { data, ...options } = new Command('local-mailbox')
  .description('Takes all mail on one machine, and shows it.')
  .option('--port <number>', 'port of the page; 0 lets the system choose', wholeNumber, 7073)
  .option('--smtp-port <number>', 'port where mail is handed over; 0 lets the system choose', wholeNumber, 2525)
  .option('--host <address>', 'address to listen on', '127.0.0.1')
  .option('--data <folder>', 'where mail is kept; without it a restart forgets')
  .parse()
  .opts<{ port: number; smtpPort: number; host: string; data?: string }>()

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('must be a whole number.')
  return Number(text)
}

try {
  const mailbox = await startMailbox({ ...options, ...(data === undefined ? {} : { folder: data }) })
  const stop = () => void mailbox.close().then(() => process.exit(0))
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
  // A parent that is gone without a signal would leave this process behind.
  process.once('disconnect', stop)
  process.stdout.write(`Mailbox is ready at ${mailbox.endpoint} and takes mail at ${mailbox.smtp}\n`)
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
  process.exit(1)
}
