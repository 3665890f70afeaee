import type { Source, VerifiedContainer } from '@remit/verify/source'
import { phases } from '@remit/verify/source'
import { makeHistory } from './made-history.ts'

export type Stored = { readonly partition: string; readonly item: Record<string, unknown> }
export type StoredItems = Record<VerifiedContainer, Stored[]>

const PARTS = 2
const PAGE = 50

function emptyItems(): StoredItems {
  return Object.fromEntries(phases.flat().map(name => [name, []])) as unknown as StoredItems
}

/** A small history in memory. */
export function storedHistory(seed: number, { accounts = 6, transfers = 40 } = {}): StoredItems {
  const items = emptyItems()
  makeHistory({ seed, accounts, transfers, sink: (name, partition, item) => items[name].push({ partition, item }) })
  return items
}

/** Items as a source, each container in two parts. */
export function memorySource(items: StoredItems): Source {
  const partOf = (partition: string) => partition.charCodeAt(partition.length - 1) % PARTS
  return {
    account: 'memory',
    parts: async () => PARTS,
    size: async name => items[name].length,
    read: async function* (name, part) {
      const found = items[name].filter(({ partition }) => partOf(partition) === part).map(({ item }) => item)
      for (let start = 0; start < found.length; start += PAGE) yield found.slice(start, start + PAGE)
    },
    partition: async (name, key) => items[name].filter(({ partition }) => partition === key).map(({ item }) => item),
    close: async () => {},
  }
}
