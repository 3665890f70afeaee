import type { ContainerName } from '@remit/documents/containers'
import type { Documents } from '@remit/documents/documents'
import { defaultSettings as settings } from '@remit/domain/settings'
import { type Rebuilding, SEEN_BY_ALL } from '@remit/rebuild/rebuilding'
import type { App } from '../api/whole-app.ts'

export type Through = (name: ContainerName, documents: Documents) => Documents

/** What it takes to rebuild the views of an app in memory. */
export function rebuildingOf(app: App, through: Through = (_, documents) => documents): Rebuilding {
  const stores = Object.fromEntries(
    Object.entries(app.memory).map(([name, documents]) => [name, through(name as ContainerName, documents)]),
  ) as Rebuilding['stores']
  return { stores, world: app.world, settings, seenByAll: SEEN_BY_ALL, progress: () => {} }
}

/** Something happens to each question. */
export function throughEach(happens: (work: () => Promise<unknown>, isWrite: boolean) => Promise<unknown>): Through {
  return (_, documents) => {
    const read = <Answer>(work: () => Promise<Answer>) => happens(work, false) as Promise<Answer>
    const write = <Answer>(work: () => Promise<Answer>) => happens(work, true) as Promise<Answer>
    return {
      read: key => read(() => documents.read(key)),
      readMany: keys => read(() => documents.readMany(keys)),
      query: (partition, query) => read(() => documents.query(partition, query)),
      remove: key => read(() => documents.remove(key)),
      write: one => write(() => documents.write(one)),
      writeEach: all => Promise.all(all.map(one => write(() => documents.write(one)))),
      writeTogether: (partition, all) => write(() => documents.writeTogether(partition, all)),
      scan: async function* (query) {
        for await (const page of documents.scan(query)) yield await read(async () => page)
      },
    }
  }
}
