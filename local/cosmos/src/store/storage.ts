import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { EntryMemory } from './entry-cache.ts'

/** Of the tables; a folder of another version is refused. */
const schemaVersion = 2
/** Pages of the file that are kept in memory, besides what the operating system keeps. */
const cacheKilobytes = 32 * 1024

type Group = { done: Promise<void>; resolve: () => void; reject: (error: unknown) => void }

/**
 * The SQLite database that holds everything: a file, or memory. Changes are visible at once to whoever reads through here.
 *
 * Group commit into a file: all changes of two turns of the event loop share a transaction, and are acknowledged after it.
 * Two turns take no time when little is asked, and under load they halve the number of commits. WAL with synchronous=NORMAL: a
 * commit is in the operating system's hands, so it survives a killed process; a power failure may lose the last commits
 * (but not order or integrity). FULL would cost an fsync per commit, for a machine whose power does not fail during a
 * test. The log is folded into the file every 1,000 pages, which is SQLite's default: all callers wait meanwhile, and
 * with larger logs they wait longer. The file is locked for one process: ranges and definitions are also held in memory.
 */
export class Storage {
  readonly memory = new EntryMemory()
  private readonly db: DatabaseSync
  private readonly isFile: boolean
  private readonly onLost: () => void
  private readonly statements: Record<'begin' | 'commit' | 'set' | 'release' | 'undo', StatementSync>
  /** What is written just before a commit, by what it is about: counters, which change with every item. */
  private readonly last = new Map<object, () => void>()
  private group: Group | undefined

  /**
   * @param folder is created if need be; undefined = memory. Throws if another process has it open.
   * @param onLost called when changes that were made could not be kept: what is in memory is ahead of the file
   */
  constructor(folder: string | undefined, onLost: () => void) {
    this.onLost = onLost
    this.isFile = folder !== undefined
    if (folder !== undefined) mkdirSync(folder, { recursive: true })
    this.db = new (loadSqlite().DatabaseSync)(folder === undefined ? ':memory:' : join(folder, 'cosmos.sqlite'))
    this.db.exec('PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL')
    this.db.exec(`PRAGMA cache_size=-${cacheKilobytes}`)
    this.checkVersion(folder)
    this.statements = {
      begin: this.db.prepare('BEGIN'),
      commit: this.db.prepare('COMMIT'),
      set: this.db.prepare('SAVEPOINT change'),
      release: this.db.prepare('RELEASE change'),
      undo: this.db.prepare('ROLLBACK TO change'),
    }
  }

  prepare(sql: string): StatementSync {
    return this.db.prepare(sql)
  }

  /** Changes tables, or anything that happens too seldom to be prepared. */
  execute(sql: string): void {
    this.begin()
    this.db.exec(sql)
  }

  /** Comes before every change. */
  begin(): void {
    if (!this.isFile || this.group !== undefined) return
    this.statements.begin.run()
    this.group = this.schedule()
  }

  /** Begins changes that take effect together, at `release`, or not at all, at `undo`. */
  set(): void {
    this.begin()
    this.statements.set.run()
  }

  release(): void {
    this.statements.release.run()
  }

  undo(): void {
    this.statements.undo.run()
    this.statements.release.run()
  }

  /** Has something written just before the next commit. A second one about the same takes the place of the first. */
  beforeCommit(about: object, write: () => void): void {
    if (!this.isFile) return
    this.begin()
    this.last.set(about, write)
  }

  /** What was to be written about something that is gone. */
  forget(about: object): void {
    this.last.delete(about)
  }

  /** Resolves when everything changed so far is durable; undefined if nothing is waiting. Rejects if it could not be kept. */
  settled(): Promise<void> | undefined {
    return this.group?.done
  }

  /** Gives up what has not been committed, because a change could not be carried out (a full disk). */
  abandon(error: unknown): void {
    const { group } = this
    if (group === undefined) return
    this.group = undefined
    this.last.clear()
    if (this.db.isTransaction) this.db.exec('ROLLBACK')
    group.reject(error)
    this.onLost()
  }

  close(): void {
    if (!this.db.isOpen) return
    if (this.group !== undefined) this.commit()
    this.db.close()
  }

  private schedule(): Group {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const group = { done: promise, resolve, reject }
    setImmediate(() => setImmediate(() => this.group === group && this.commit()))
    // The requests of these turns await the same promise; without any of them a rejection must not end the process.
    promise.catch(() => undefined)
    return group
  }

  private commit(): void {
    const { group } = this
    try {
      for (const write of this.last.values()) write()
      this.last.clear()
      this.statements.commit.run()
    } catch (error) {
      this.abandon(error)
      return
    }
    this.group = undefined
    group?.resolve()
  }

  private checkVersion(folder: string | undefined): void {
    const version = Number(this.db.prepare('PRAGMA user_version').get()?.user_version)
    const isEmpty = this.db.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() === undefined
    if (version === schemaVersion) return
    if (!isEmpty) {
      this.db.close()
      throw new Error(
        `The data in ${folder} was written by another version of this program: delete it, or use another folder.`,
      )
    }
    this.db.exec(`PRAGMA user_version=${schemaVersion}`)
  }
}

/** Whether an error says that a change could not be stored. */
export function isStorageError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_SQLITE_ERROR'
}

/** Node warns once in each process that this module is experimental; who embeds the server need not read that. */
function loadSqlite(): typeof import('node:sqlite') {
  const { emitWarning } = process
  process.emitWarning = () => undefined
  try {
    return process.getBuiltinModule('node:sqlite')
  } finally {
    process.emitWarning = emitWarning
  }
}
