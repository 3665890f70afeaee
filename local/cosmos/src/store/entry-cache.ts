import type { Entry } from './entry.ts'

/** Characters of item texts that are kept at most; their parsed bodies take a few times as much memory. */
const MOST_CHARACTERS = 16 * 1024 * 1024

/** What all containers of a server remember together. When it is half full, what was not used since the last time goes. */
export class EntryMemory {
  private readonly caches = new Set<EntryCache>()
  private characters = 0

  /** Called by a cache that takes in so many more characters. */
  take(cache: EntryCache, characters: number): void {
    this.characters += characters
    if (this.characters > MOST_CHARACTERS / 2) {
      for (const each of this.caches) each.age()
      this.caches.clear()
      this.characters = characters
    }
    this.caches.add(cache)
  }
}

/** Items of one container as they were read or written last, so that what is asked for often is neither read nor parsed again. */
export class EntryCache {
  private readonly memory: EntryMemory
  private recent = new Map<number, Entry>()
  private older = new Map<number, Entry>()

  constructor(memory: EntryMemory) {
    this.memory = memory
  }

  get(sequence: number): Entry | undefined {
    const entry = this.recent.get(sequence)
    if (entry !== undefined) return entry
    const old = this.older.get(sequence)
    if (old !== undefined) this.set(old)
    return old
  }

  set(entry: Entry): void {
    this.memory.take(this, entry.text.length)
    this.recent.set(entry.sequence, entry)
  }

  delete(sequence: number): void {
    this.recent.delete(sequence)
    this.older.delete(sequence)
  }

  /** Drops what was not used since the last time. */
  age(): void {
    this.older = this.recent
    this.recent = new Map()
  }
}
