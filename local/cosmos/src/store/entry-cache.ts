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
  private recent = generation()
  private older = generation()

  constructor(memory: EntryMemory) {
    this.memory = memory
  }

  get(sequence: number): Entry | undefined {
    return this.recent.bySequence.get(sequence) ?? this.renewed(this.older.bySequence.get(sequence))
  }

  find(partition: string, id: string): Entry | undefined {
    const place = placeOf(partition, id)
    return this.recent.byPlace.get(place) ?? this.renewed(this.older.byPlace.get(place))
  }

  set(entry: Entry): void {
    this.memory.take(this, entry.text.length)
    this.recent.bySequence.set(entry.sequence, entry)
    this.recent.byPlace.set(placeOf(entry.partition, entry.id), entry)
  }

  delete({ sequence, partition, id }: Entry): void {
    for (const { bySequence, byPlace } of [this.recent, this.older]) {
      bySequence.delete(sequence)
      byPlace.delete(placeOf(partition, id))
    }
  }

  /** Drops what was not used since the last time. */
  age(): void {
    this.older = this.recent
    this.recent = generation()
  }

  private renewed(entry: Entry | undefined): Entry | undefined {
    if (entry !== undefined) this.set(entry)
    return entry
  }
}

function generation() {
  return { bySequence: new Map<number, Entry>(), byPlace: new Map<string, Entry>() }
}

/** The partition is JSON, so it ends with the first line. */
function placeOf(partition: string, id: string): string {
  return `${partition}\n${id}`
}
