import type { HistoryEvent } from '../history.ts'
import { type DatabaseOptions, openDatabase } from './database.ts'
import { type InstanceStore, openInstanceStore } from './instance-store.ts'
import { type MessageStore, openMessageStore } from './message-store.ts'

/** An activity that was asked for and has not answered. */
export interface PendingActivity {
  number: number
  instance: string
  execution: string
  /** The number the orchestrator gave it. */
  task: number
  name: string
  /** JSON. */
  input: string
}

/** All a task hub remembers. */
export interface HubStore {
  instances: InstanceStore
  inbox: MessageStore
  history: {
    read(instance: string): HistoryEvent[]
    append(instance: string, events: readonly HistoryEvent[]): void
    clear(instance: string): void
  }
  activities: {
    add(activity: Omit<PendingActivity, 'number'>): void
    /** Those asked for after the one of this number, in order. */
    after(number: number, limit: number): PendingActivity[]
    remove(number: number): void
  }
  /** The states of entities that exist, as JSON by their scheduler's id. */
  entities: {
    get(id: string): string | undefined
    save(id: string, state: string): void
    remove(id: string): void
    list(prefix: string): { id: string; state: string }[]
  }
  atomically<T>(work: () => T): T
  close(): void
}

export function openHubStore(options: DatabaseOptions): HubStore {
  const database = openDatabase(options)
  const read = database.prepare('SELECT event FROM history WHERE instance = ? ORDER BY number')
  const last = database.prepare('SELECT MAX(number) AS number FROM history WHERE instance = ?')
  const append = database.prepare('INSERT INTO history (instance, number, event) VALUES (?, ?, ?)')
  const clear = database.prepare('DELETE FROM history WHERE instance = ?')
  const addActivity = database.prepare(
    'INSERT INTO activities (instance, execution, task, name, input) VALUES (?, ?, ?, ?, ?)',
  )
  const nextActivities = database.prepare('SELECT * FROM activities WHERE number > ? ORDER BY number LIMIT ?')
  const removeActivity = database.prepare('DELETE FROM activities WHERE number = ?')
  const getEntity = database.prepare('SELECT state FROM entities WHERE id = ?')
  const saveEntity = database.prepare('INSERT OR REPLACE INTO entities (id, state) VALUES (?, ?)')
  const listEntities = database.prepare('SELECT * FROM entities WHERE substr(id, 1, length(?)) = ? ORDER BY id')
  const removeEntity = database.prepare('DELETE FROM entities WHERE id = ?')
  return {
    instances: openInstanceStore(database),
    inbox: openMessageStore(database),
    history: {
      read: instance => read.all(instance).map(row => JSON.parse(String(row.event)) as HistoryEvent),
      append(instance, events) {
        const number = Number(last.get(instance)?.number ?? -1) + 1
        for (const [index, event] of events.entries()) append.run(instance, number + index, JSON.stringify(event))
      },
      clear: instance => void clear.run(instance),
    },
    activities: {
      add: ({ instance, execution, task, name, input }) => void addActivity.run(instance, execution, task, name, input),
      after: (number, limit) => nextActivities.all(number, limit) as unknown as PendingActivity[],
      remove: number => void removeActivity.run(number),
    },
    entities: {
      get(id) {
        const state = getEntity.get(id)?.state
        return state === undefined ? undefined : String(state)
      },
      save: (id, state) => void saveEntity.run(id, state),
      remove: id => void removeEntity.run(id),
      list: prefix => listEntities.all(prefix, prefix) as unknown as { id: string; state: string }[],
    },
    atomically: database.atomically,
    close: database.close,
  }
}
