// Stored names: items of the `views` container.

import type { ContainerName } from '@remit/documents/containers'
import type { Documents, Query, StoredItem } from '@remit/documents/documents'
import { z } from 'zod'
import type { World } from './ports.ts'

/** What is folded from events, and can be folded anew. */
export const viewNames = ['accounts', 'transfers', 'operations', 'owners'] as const
export type ViewName = (typeof viewNames)[number]

/** A view can be there twice: as it is read, and as it was before or will be next. */
export const editionNames = ['a', 'b'] as const
export type Edition = (typeof editionNames)[number]

/** `views`, one per view that was ever rebuilt. A view without an item has edition `a` alone. */
export const viewEditions = z.object({
  id: z.enum(viewNames),
  /** What readers are shown. */
  read: z.enum(editionNames),
  /** What is kept up to date. */
  kept: z.array(z.enum(editionNames)),
  /** What was read before, and still can be. */
  before: z.enum(editionNames).optional(),
  /** Who rebuilds it just now, and until when nobody else may; ISO 8601. */
  rebuild: z.object({ by: z.string(), until: z.string() }).optional(),
})
export type ViewEditions = z.infer<typeof viewEditions>

/** The editions of a view, by its item in `views`, if it has one. */
export function editionsOf(view: ViewName, item: object | undefined): ViewEditions {
  return item === undefined ? { id: view, read: 'a', kept: ['a'] } : viewEditions.parse(item)
}

export function otherThan(edition: Edition): Edition {
  return edition === 'a' ? 'b' : 'a'
}

/** The container an edition of a view is stored in. */
export function containerOf<View extends ViewName>(view: View, edition: Edition): View | `${View}-b` {
  return edition === 'a' ? view : `${view}-b`
}

/** The containers of all editions of these views. */
export function containersOf<View extends ViewName>(views: readonly View[]): (View | `${View}-b`)[] {
  return views.flatMap(view => editionNames.map(edition => containerOf(view, edition)))
}

export type EditionsNow = { readonly [View in ViewName]: ViewEditions }

/** Which editions there are. As long as nothing changes, the answer is the very same object. */
export type Editions = { readonly now: () => Promise<EditionsNow> }

/** How old an answer may be, in milliseconds. */
export const FRESH = 1_000

/** @throws StoreUnavailable when it cannot be read: nobody acts on what is long past. */
export function editionsIn(views: Documents, world: Pick<World, 'now'>): Editions {
  let known = { at: Number.NEGATIVE_INFINITY, text: '', now: undefined as EditionsNow | undefined }
  let asking: Promise<EditionsNow> | undefined
  const ask = async () => {
    const at = world.now()
    const now = await readEditions(views)
    const text = JSON.stringify(now)
    const same = text === known.text ? known.now : undefined
    known = { at, text, now: same ?? now }
    return known.now ?? now
  }
  const isFresh = () => world.now() >= known.at && world.now() - known.at < FRESH
  return {
    now: async () => {
      if (known.now && isFresh()) return known.now
      asking ??= ask().finally(() => {
        asking = undefined
      })
      return asking
    },
  }
}

/** @throws StoreUnavailable */
export async function readEditions(views: Documents): Promise<EditionsNow> {
  const items = await views.readMany(viewNames.map(id => ({ partition: id, id })))
  const read = viewNames.map((name, index) => [name, editionsOf(name, items[index])])
  return Object.fromEntries(read) as EditionsNow
}

type Stores = { readonly [Name in ContainerName]?: Documents }

/** The same containers, where each view is the edition that is read when it is asked. */
export function asRead<Given extends Stores>(stores: Given, editions: Editions): Given {
  const views = viewNames.filter(view => stores[view] !== undefined)
  const read = views.map(view => {
    const current = async () => {
      const name = containerOf(view, (await editions.now())[view].read)
      const found = stores[name]
      if (found === undefined) throw new Error(`the container ${name} was not opened`)
      return found
    }
    return [view, askedAnew(current)] as const
  })
  return { ...stores, ...Object.fromEntries(read) }
}

function askedAnew(current: () => Promise<Documents>): Documents {
  return {
    read: async key => (await current()).read(key),
    readMany: async keys => (await current()).readMany(keys),
    write: async write => (await current()).write(write),
    writeEach: async writes => (await current()).writeEach(writes),
    writeTogether: async (partition, writes) => (await current()).writeTogether(partition, writes),
    remove: async key => (await current()).remove(key),
    query: async (partition, query) => (await current()).query(partition, query),
    scan: query => scanAnew(current, query),
  }
}

async function* scanAnew(
  current: () => Promise<Documents>,
  query: Omit<Query, 'orderBy'>,
): AsyncGenerator<StoredItem[]> {
  yield* (await current()).scan(query)
}
