import type { ParentInstance } from '../history.ts'
import type { Database } from './database.ts'

export type RuntimeStatus = 'Pending' | 'Running' | 'Suspended' | 'Completed' | 'Failed' | 'Terminated'

/** What is known of an orchestration without its history. */
export interface Instance {
  id: string
  /** Changes when the instance continues as new or is started again: results of the old one no longer count. */
  execution: string
  name: string
  status: RuntimeStatus
  /** JSON. */
  input: string | null
  /** JSON, or the reason of a failure as plain text. */
  output: string | null
  /** JSON. */
  customStatus: string | null
  /** Milliseconds since 1970. */
  created: number
  updated: number
  version: string | null
  parent: ParentInstance | null
}

/** Which instances a list holds. */
export interface InstanceFilter {
  createdFrom?: number | undefined
  createdTo?: number | undefined
  statuses?: readonly string[] | undefined
  prefix?: string | undefined
  /** Only ids after this one. */
  after?: string | undefined
  limit?: number | undefined
}

export interface InstanceStore {
  get(id: string): Instance | undefined
  save(instance: Instance): void
  remove(id: string): void
  /** In the order of their ids, as a table is read. */
  list(filter: InstanceFilter): Instance[]
}

/** Nothing more happens to an instance of these. */
const ends: ReadonlySet<RuntimeStatus> = new Set<RuntimeStatus>(['Completed', 'Failed', 'Terminated'])

export function hasEnded({ status }: Pick<Instance, 'status'>): boolean {
  return ends.has(status)
}

export function openInstanceStore(database: Database): InstanceStore {
  const get = database.prepare('SELECT * FROM instances WHERE id = ?')
  const save = database.prepare(`INSERT OR REPLACE INTO instances
    (id, execution, name, status, input, output, customStatus, created, updated, version, parent)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
  const remove = database.prepare('DELETE FROM instances WHERE id = ?')
  const list = database.prepare(`SELECT * FROM instances WHERE id > ? AND created >= ? AND created <= ?
    AND substr(id, 1, length(?)) = ? AND (? IS NULL OR status IN (SELECT value FROM json_each(?)))
    ORDER BY id LIMIT ?`)
  return {
    get(id) {
      const row = get.get(id)
      return row === undefined ? undefined : instanceOf(row)
    },
    save({ id, execution, name, status, input, output, customStatus, created, updated, version, parent }) {
      const parentText = parent === null ? null : JSON.stringify(parent)
      save.run(id, execution, name, status, input, output, customStatus, created, updated, version, parentText)
    },
    remove: id => void remove.run(id),
    list({ createdFrom = 0, createdTo = Number.MAX_SAFE_INTEGER, statuses, prefix = '', after = '', limit = -1 }) {
      const wanted = statuses === undefined ? null : JSON.stringify(statuses)
      return list.all(after, createdFrom, createdTo, prefix, prefix, wanted, wanted, limit).map(instanceOf)
    },
  }
}

function instanceOf(row: Record<string, unknown>): Instance {
  const parent = typeof row.parent === 'string' ? JSON.parse(row.parent) : null
  return { ...(row as unknown as Instance), parent }
}
