import type { Database } from './database.ts'
import type { Pending } from './pending-store.ts'

/** An event that nobody tries to deliver any more. */
export interface DeadLetter extends Omit<Pending, 'due'> {
  /** Event Grid's word for why. */
  reason: string
  /** When it was given up, in milliseconds since 1970. */
  died: number
  /** When its blob is written, or tried again; null when there is nothing to write any more. */
  due: number | null
  /** The address of its blob. */
  blob: string | null
  /** Why it has no blob and will not get one. */
  lost: string | null
}

/** What could not be delivered: for its blob, and for people to look at. */
export interface DeadLetterStore {
  /** Takes events out of the pending ones. */
  bury(pending: Pending[], fate: Pick<DeadLetter, 'reason' | 'died' | 'due' | 'lost'>): void
  /** Those whose blobs are to be written now, the oldest first, as many as a blob should hold. */
  due(now: number): DeadLetter[]
  nextDue(): number | undefined
  postpone(ids: number[], due: number): void
  /** Nothing more is to be done: the blob is there, or there will be none. */
  finish(letters: DeadLetter[], fate: Pick<DeadLetter, 'blob' | 'lost'>): void
  /** The newest of a topic. */
  list(topic: string, limit: number): DeadLetter[]
  get(topic: string, id: number): DeadLetter | undefined
  /** Makes it pending again, as if it had just been published. */
  revive(letter: DeadLetter, now: number): void
}

/** Finished letters that a topic keeps. */
const mostLetters = 1_000
/** Letters that are read for blobs at once, and the characters of their events beyond which no more are read. */
const mostAtOnce = 100
const mostCharacters = 4 * 1_048_576

export function createDeadLetterStore({ sqlite, atomically }: Database): DeadLetterStore {
  const kept = 'topic, subscription, event, eventId, published, attempts, lastOutcome, lastAttempt'
  const bury = sqlite.prepare(
    `INSERT INTO dead (${kept}, reason, died, due, lost)
     SELECT topic, subscription, event, eventId, published, ?, ?, ?, ?, ?, ?, ? FROM pending WHERE id = ?`,
  )
  const removePending = sqlite.prepare('DELETE FROM pending WHERE id = ?')
  const due = sqlite.prepare('SELECT * FROM dead WHERE due <= ? ORDER BY due, id LIMIT ?')
  const next = sqlite.prepare('SELECT min(due) AS due FROM dead WHERE due IS NOT NULL')
  const postpone = sqlite.prepare('UPDATE dead SET due = ? WHERE id = ?')
  const finish = sqlite.prepare('UPDATE dead SET due = NULL, blob = ?, lost = ? WHERE id = ?')
  const list = sqlite.prepare('SELECT * FROM dead WHERE topic = ? ORDER BY id DESC LIMIT ?')
  const get = sqlite.prepare('SELECT * FROM dead WHERE topic = ? AND id = ?')
  const remove = sqlite.prepare('DELETE FROM dead WHERE id = ?')
  const revive = sqlite.prepare(
    `INSERT INTO pending (topic, subscription, event, eventId, published, attempts, due)
     SELECT topic, subscription, event, eventId, ?, 0, ? FROM dead WHERE id = ?`,
  )
  const trim = sqlite.prepare(
    `DELETE FROM dead WHERE topic = ? AND due IS NULL AND id <=
     (SELECT id FROM dead WHERE topic = ? AND due IS NULL ORDER BY id DESC LIMIT 1 OFFSET ${mostLetters})`,
  )

  return {
    bury: (pending, { reason, died, due: blobDue, lost }) =>
      atomically(() => {
        for (const { id, attempts, lastOutcome, lastAttempt } of pending) {
          bury.run(attempts, lastOutcome, lastAttempt, reason, died, blobDue, lost, id)
          removePending.run(id)
        }
        for (const topic of new Set(pending.map(one => one.topic))) trim.run(topic, topic)
      }),
    due(now) {
      const letters: DeadLetter[] = []
      let length = 0
      for (const row of due.iterate(now, mostAtOnce)) {
        const letter = row as unknown as DeadLetter
        letters.push(letter)
        length += letter.event.length
        if (length > mostCharacters) break
      }
      return letters
    },
    nextDue: () => (next.get()?.due as number | null) ?? undefined,
    postpone: (ids, until) => atomically(() => ids.forEach(id => void postpone.run(until, id))),
    finish: (letters, { blob, lost }) =>
      atomically(() => {
        for (const { id } of letters) finish.run(blob, lost, id)
        for (const topic of new Set(letters.map(one => one.topic))) trim.run(topic, topic)
      }),
    list: (topic, limit) => list.all(topic, limit) as unknown as DeadLetter[],
    get: (topic, id) => get.get(topic, id) as unknown as DeadLetter | undefined,
    revive: ({ id }, now) =>
      atomically(() => {
        revive.run(now, now, id)
        remove.run(id)
      }),
  }
}
