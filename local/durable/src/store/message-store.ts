import type { HistoryEvent } from '../history.ts'
import type { Database } from './database.ts'

/** Something that happened and that an instance has not yet been told. A timer is a message of a later day. */
export interface Message {
  instance: string
  /** Only this execution may receive it; null for whoever has the instance's id. */
  execution: string | null
  /** Milliseconds since 1970. */
  due: number
  event: HistoryEvent
}

export interface StoredMessage extends Message {
  number: number
}

export interface MessageStore {
  /** @param control reaches an instance even while it is suspended */
  add(message: Message, control?: boolean): void
  /** What an instance may be told by now, in order. */
  due(instance: string, now: number): StoredMessage[]
  remove(messages: readonly StoredMessage[]): void
  removeAll(instance: string): void
  /** Instances of one kind with something to be told, the longest waiting first. */
  ready(kind: 'orchestrators' | 'entities', now: number, limit: number): string[]
  /** When the next message becomes due that is not yet. */
  nextDue(now: number): number | undefined
}

export function openMessageStore(database: Database): MessageStore {
  const add = database.prepare('INSERT INTO inbox (instance, execution, due, control, event) VALUES (?, ?, ?, ?, ?)')
  const due = database.prepare('SELECT * FROM inbox WHERE instance = ? AND due <= ? ORDER BY due, number')
  const remove = database.prepare('DELETE FROM inbox WHERE number = ?')
  const removeAll = database.prepare('DELETE FROM inbox WHERE instance = ?')
  const ready = database.prepare(`SELECT inbox.instance AS id FROM inbox
    LEFT JOIN instances ON instances.id = inbox.instance
    WHERE inbox.due <= ? AND (substr(inbox.instance, 1, 1) = '@') = ? AND (control = 1 OR instances.status IS NOT 'Suspended')
    GROUP BY inbox.instance ORDER BY MIN(inbox.due), MIN(inbox.number) LIMIT ?`)
  const next = database.prepare('SELECT MIN(due) AS due FROM inbox WHERE due > ?')
  return {
    add: ({ instance, execution, due, event }, control = false) =>
      void add.run(instance, execution, due, control ? 1 : 0, JSON.stringify(event)),
    due: (instance, now) =>
      due.all(instance, now).map(row => ({
        ...(row as unknown as StoredMessage),
        event: JSON.parse(String(row.event)) as HistoryEvent,
      })),
    remove(messages) {
      for (const { number } of messages) remove.run(number)
    },
    removeAll: instance => void removeAll.run(instance),
    ready: (kind, now, limit) => ready.all(now, kind === 'entities' ? 1 : 0, limit).map(row => String(row.id)),
    nextDue(now) {
      const found = next.get(now)?.due
      return found === null || found === undefined ? undefined : Number(found)
    },
  }
}
