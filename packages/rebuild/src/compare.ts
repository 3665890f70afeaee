import { isDeepStrictEqual } from 'node:util'
import { containerOf, otherThan } from '@remit/api/editions'
import { keysIn } from '@remit/documents/containers'
import type { Documents, Key, StoredItem } from '@remit/documents/documents'
import { inPool } from '@remit/simulator/pool'
import { Findings, type Phase } from './findings.ts'
import { PAGE, patiently, type Rebuilding, WIDTH } from './rebuilding.ts'

/** What differs is looked at again so often, and after so many milliseconds: it may be changing just now. */
const LOOKS = 20
const PAUSE = 100

/**
 * Compares an edition of a view with the other one, item by item in both directions, while both are being written.
 *
 * @returns how many items the edition from before has.
 * @throws StoreUnavailable
 */
export async function compareEditions(
  rebuilding: Rebuilding,
  { view, edition, renew }: Phase,
): Promise<{ compared: number; differences: Findings }> {
  const { stores, world, progress } = rebuilding
  const [newer, older] = [stores[containerOf(view, edition)], stores[containerOf(view, otherThan(edition))]]
  const keyOf = keysIn(view)
  const differences = new Findings()
  let compared = 0
  for (const [from, to] of [
    [older, newer],
    [newer, older],
  ] as const) {
    for await (const page of from.scan({ limit: PAGE })) {
      const keys = page.map(keyOf)
      const others = await patiently(world, () => to.readMany(keys))
      const suspects = keys.filter((_, index) => {
        const other = others[index]
        return from === older ? !isSame(page[index], other) : other === undefined
      })
      await inPool(suspects, WIDTH, async key => {
        const says = await differenceAt(rebuilding, { older, newer }, key)
        if (says !== undefined) differences.add({ ...key, says })
      })
      if (from === older) compared += page.length
      progress(`${view}: items compared`, compared)
      await renew()
    }
  }
  return { compared, differences }
}

/** What the two editions of an item differ in; undefined when they do not, or did not once. */
async function differenceAt(
  { world }: Rebuilding,
  { older, newer }: { readonly older: Documents; readonly newer: Documents },
  key: Key,
): Promise<string | undefined> {
  let says: string | undefined
  for (let look = 1; look <= LOOKS; look++) {
    const [before, after] = await patiently(world, () => Promise.all([older.read(key), newer.read(key)]))
    if (isSame(before, after)) return undefined
    if (before === undefined) says = 'is only in the new edition'
    else if (after === undefined) says = 'is not in the new edition'
    else says = `was ${JSON.stringify(contentOf(before))}, is ${JSON.stringify(contentOf(after))}`
    await world.sleep(PAUSE)
  }
  return says
}

function isSame(a: StoredItem | undefined, b: StoredItem | undefined): boolean {
  return isDeepStrictEqual(a && contentOf(a), b && contentOf(b))
}

/** An item without what the store adds. */
function contentOf(item: StoredItem): object {
  return Object.fromEntries(Object.entries(item).filter(([name]) => !name.startsWith('_')))
}
