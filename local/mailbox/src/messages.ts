import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** A mail as somebody reads it. */
export interface Message {
  /** Counts up from 1 in the order of arrival. */
  id: number
  /** ISO 8601. */
  received: string
  from: string
  /** Whom it was handed over for, the blind copies too. */
  to: string[]
  subject: string
  text: string
  /** The `Message-ID` its sender gave it. */
  messageId: string
}

/** The mails that have arrived. A mail that was acknowledged survives a killed process when there is a folder. */
export interface Messages {
  add(message: Omit<Message, 'id'>): void
  /** Newest first. @param to only those for this address */
  list(to?: string): Message[]
  get(id: number): Message | undefined
  close(): void
}

/** How many mails are kept: the oldest go. */
export const mostMessages = 10_000
/** How many are listed at once. */
const page = 1_000

/** @param folder without it nothing is kept. */
export function openMessages(folder: string | undefined): Messages {
  if (folder !== undefined) mkdirSync(folder, { recursive: true })
  const database = new DatabaseSync(folder === undefined ? ':memory:' : join(folder, 'mailbox.db'))
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL')
  database.exec(`CREATE TABLE IF NOT EXISTS messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT, received TEXT NOT NULL, sender TEXT NOT NULL, recipients TEXT NOT NULL,
    subject TEXT NOT NULL, body TEXT NOT NULL, messageId TEXT NOT NULL)`)
  const insert = database.prepare(
    'INSERT INTO messages (received, sender, recipients, subject, body, messageId) VALUES (?, ?, ?, ?, ?, ?)',
  )
  const prune = database.prepare('DELETE FROM messages WHERE id <= ?')
  const all = database.prepare('SELECT * FROM messages ORDER BY id DESC LIMIT ?')
  const forOne = database.prepare(
    `SELECT * FROM messages WHERE EXISTS (SELECT 1 FROM json_each(recipients) WHERE value = ?)
     ORDER BY id DESC LIMIT ?`,
  )
  const one = database.prepare('SELECT * FROM messages WHERE id = ?')
  return {
    add({ received, from, to, subject, text, messageId }) {
      const added = insert.run(received, from, JSON.stringify(to), subject, text, messageId)
      prune.run(Number(added.lastInsertRowid) - mostMessages)
    },
    list: to => (to === undefined ? all.all(page) : forOne.all(to.toLowerCase(), page)).map(messageIn),
    get(id) {
      const row = one.get(id)
      return row && messageIn(row)
    },
    close: () => database.close(),
  }
}

function messageIn(row: Record<string, unknown>): Message {
  return {
    id: Number(row.id),
    received: String(row.received),
    from: String(row.sender),
    to: JSON.parse(String(row.recipients)) as string[],
    subject: String(row.subject),
    text: String(row.body),
    messageId: String(row.messageId),
  }
}
