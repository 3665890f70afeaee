import type { World } from '@remit/api/ports'

/** Milliseconds before the first look at a view: the fastest command takes as long through two feeds. */
const FIRST = 20
/** Milliseconds between two looks. */
const INTERVAL = 8

/** Everybody who waits for a view looks at the same moments, so that their reads travel together. */
export type Looks = { readonly next: () => Promise<void> }

export function sharedLooks(world: World): Looks {
  let upcoming: Promise<void> | undefined
  return {
    next: () => {
      upcoming ??= world.sleep(INTERVAL).then(() => {
        upcoming = undefined
      })
      return upcoming
    },
  }
}

/** Looks again and again until something is found or the time is up. */
export async function lookFor<Found>(
  { looks, world, wait }: { looks: Looks; world: World; wait: number },
  look: () => Promise<Found | undefined>,
): Promise<Found | undefined> {
  const deadline = world.now() + wait
  await world.sleep(FIRST)
  while (world.now() < deadline) {
    await looks.next()
    const found = await look()
    if (found !== undefined) return found
  }
  return undefined
}
