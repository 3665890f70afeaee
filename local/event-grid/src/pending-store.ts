import type { Database } from './database.ts'

/** One event on its way to one subscription. */
export interface Pending {
  id: number
  topic: string
  subscription: string
  /** The event as JSON, in the schema it was published in. */
  event: string
  eventId: string
  /** When it was published, in milliseconds since 1970. */
  published: number
  /** How often it was tried. */
  attempts: number
  /** When it is tried next. */
  due: number
  lastOutcome: string | null
  lastAttempt: number | null
}

/** Whose events are meant. */
export interface Owner {
  topic: string
  subscription: string
}

/** How much is read at once. */
export interface Portion {
  now: number
  /** Rows that somebody has already. */
  except: ReadonlySet<number>
  events: number
  /** Length of all events together, in characters; one event may go beyond it. */
  characters: number
}

/** What is still to be delivered. */
export interface PendingStore {
  /** Stores all or none. */
  add(pending: Omit<Pending, 'id'>[]): void
  /** The oldest that are due. */
  due(owner: Owner, portion: Portion): Pending[]
  /** When the first one after a time is due. */
  nextDue(owner: Owner, after: number): number | undefined
  /** How many there are, and how many of them were tried in vain. */
  count(owner: Owner): { pending: number; failing: number }
  /** Those of a topic that are due first. */
  first(topic: string, limit: number): Pending[]
  update(pending: Pending[]): void
  remove(ids: number[]): void
  subscriptions(topic: string): string[]
  /** Answers how many there were. */
  removeAll(owner: Owner): number
}

export function createPendingStore({ sqlite, atomically }: Database): PendingStore {
  const columns = 'topic, subscription, event, eventId, published, attempts, due, lastOutcome, lastAttempt'
  const insert = sqlite.prepare(`INSERT INTO pending (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`)
  const change = sqlite.prepare(
    'UPDATE pending SET attempts = ?, due = ?, lastOutcome = ?, lastAttempt = ? WHERE id = ?',
  )
  const remove = sqlite.prepare('DELETE FROM pending WHERE id = ?')
  const owned = 'FROM pending WHERE topic = ? AND subscription = ?'
  const dueIds = sqlite.prepare(`SELECT id ${owned} AND due <= ? ORDER BY due, id LIMIT ?`)
  const byId = sqlite.prepare('SELECT * FROM pending WHERE id = ?')
  const next = sqlite.prepare(`SELECT due ${owned} AND due > ? ORDER BY due LIMIT 1`)
  const count = sqlite.prepare(`SELECT count(*) AS pending, sum(attempts > 0) AS failing ${owned}`)
  const first = sqlite.prepare('SELECT * FROM pending WHERE topic = ? ORDER BY due, id LIMIT ?')
  const names = sqlite.prepare('SELECT DISTINCT subscription FROM pending WHERE topic = ?')
  const removeAll = sqlite.prepare(`DELETE ${owned}`)

  return {
    add: pending =>
      atomically(() => {
        for (const one of pending) {
          const { topic, subscription, event, eventId, published, attempts, due, lastOutcome, lastAttempt } = one
          insert.run(topic, subscription, event, eventId, published, attempts, due, lastOutcome, lastAttempt)
        }
      }),
    due({ topic, subscription }, { now, except, events, characters }) {
      // Those somebody has are among the first, so reading as many more is enough to find the others.
      const found = dueIds.all(topic, subscription, now, except.size + events) as { id: number }[]
      const rows: Pending[] = []
      let length = 0
      for (const { id } of found) {
        if (rows.length === events || length >= characters) break
        if (except.has(id)) continue
        const row = byId.get(id) as unknown as Pending
        length += row.event.length
        rows.push(row)
      }
      return rows
    },
    nextDue: ({ topic, subscription }, after) => next.get(topic, subscription, after)?.due as number | undefined,
    count({ topic, subscription }) {
      const { pending, failing } = count.get(topic, subscription) as { pending: number; failing: number | null }
      return { pending, failing: failing ?? 0 }
    },
    first: (topic, limit) => first.all(topic, limit) as unknown as Pending[],
    update: pending =>
      atomically(() => {
        for (const { attempts, due, lastOutcome, lastAttempt, id } of pending) {
          change.run(attempts, due, lastOutcome, lastAttempt, id)
        }
      }),
    remove: ids => atomically(() => ids.forEach(id => void remove.run(id))),
    subscriptions: topic => names.all(topic).map(row => String(row.subscription)),
    removeAll: ({ topic, subscription }) => Number(removeAll.run(topic, subscription).changes),
  }
}
