import type { ChangeFeed } from './change-feed.ts'
import type { StoredItem } from './documents.ts'

/** The change feed of a container in memory: one range, its etag the number of writes so far. */
export function memoryChangeFeed(): ChangeFeed & { onWrite: (item: StoredItem) => void; etag: () => string } {
  const written: number[] = []
  return {
    onWrite: item => void written.push(item._ts),
    etag: () => `"${written.length}"`,
    pending: async positions => {
      const read =
        positions.length === 0 ? [0] : positions.map(({ continuation = '"0"' }) => Number(continuation.slice(1, -1)))
      const rest = written.slice(Math.min(...read))
      const [since] = rest
      return since === undefined ? { items: 0 } : { items: rest.length, since }
    },
  }
}
