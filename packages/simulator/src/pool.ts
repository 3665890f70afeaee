/**
 * Does something with each item, at most `width` at a time, in order of the items.
 *
 * @throws whatever the first failing one throws; no further item is begun then.
 */
export async function inPool<Item>(
  items: Iterable<Item>,
  width: number,
  work: (item: Item, index: number) => Promise<void>,
): Promise<void> {
  const iterator = items[Symbol.iterator]()
  let index = 0
  let failed = false
  const lane = async () => {
    for (let next = iterator.next(); !next.done && !failed; next = iterator.next()) {
      await work(next.value, index++).catch(error => {
        failed = true
        throw error
      })
    }
  }
  await Promise.all(Array.from({ length: Math.max(1, width) }, lane))
}
