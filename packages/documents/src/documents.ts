/** An item of a container: JSON with an id, unique within its partition. */
export type Item = { readonly id: string; readonly [member: string]: unknown }

/** An item as it is stored: `_ts` is when it was last written, in whole seconds since 1970. */
export type StoredItem = Item & { readonly _etag: string; readonly _ts: number }

export type Key = { readonly partition: string; readonly id: string }

/** `replace` writes only over the very version whose etag is given; `create` only where there is none. */
export type Write =
  | { readonly kind: 'create'; readonly item: Item }
  | { readonly kind: 'replace'; readonly item: Item; readonly etag: string }
  | { readonly kind: 'upsert'; readonly item: Item }

/**
 * What became of a write.
 *
 * - `written`: stored, under this etag.
 * - `conflict`: an item with this id, or with the value of a unique key, is there already (409).
 * - `changed`: the etag is no longer the item's, or the item is gone (412, 404).
 * - `too_large`: no item or batch of this size is ever stored (413).
 * - `busy`: refused for now and not stored (429, 449).
 * - `unknown`: it may be stored or not (408, 503, a lost answer, anything else). Read before deciding.
 */
export type WriteResult =
  | { readonly result: 'written'; readonly etag: string }
  | { readonly result: 'conflict' | 'changed' | 'too_large' | 'busy' | 'unknown' }

export type Condition =
  | { readonly path: string; readonly is: '=' | '<' | '<=' | '>' | '>='; readonly value: string | number | boolean }
  | { readonly path: string; readonly is: 'defined' }
  /** Some element of the array at `path` has one of these values as its `member`. */
  | { readonly path: string; readonly member: string; readonly is: 'some in'; readonly values: readonly string[] }

export type Query = {
  readonly where?: readonly Condition[]
  readonly orderBy?: { readonly path: string; readonly descending?: boolean }
  /** The most items to answer. */
  readonly limit: number
}

/** The store could not be asked just now; asking again later is right. Nothing was changed by the question. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable'
}

/**
 * One container, as everything in this system sees it: the port all I/O with the store goes through.
 * Reads throw `StoreUnavailable`; writes answer with what became of them.
 */
export type Documents = {
  readonly read: (key: Key) => Promise<StoredItem | undefined>
  /** Reads many at once, answers in the order asked. */
  readonly readMany: (keys: readonly Key[]) => Promise<(StoredItem | undefined)[]>
  readonly write: (write: Write) => Promise<WriteResult>
  /** Writes many at once, each on its own; answers in the order given. */
  readonly writeEach: (writes: readonly Write[]) => Promise<WriteResult[]>
  /** Writes at most 100 items of one partition, all or none. A failure is that of the first write that failed. */
  readonly writeTogether: (partition: string, writes: readonly Write[]) => Promise<WriteResult>
  /** Deletes an item for good; one that is not there is fine. */
  readonly remove: (key: Key) => Promise<void>
  /** Items of one partition, in the order asked for. */
  readonly query: (partition: string, query: Query) => Promise<StoredItem[]>
  /** Items of all partitions, page by page, in no order. `limit` is the size of a page. */
  readonly scan: (query: Omit<Query, 'orderBy'>) => AsyncIterable<StoredItem[]>
}
