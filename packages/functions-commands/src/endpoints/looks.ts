import type { World } from '@remit/api/ports'

/** Milliseconds before the first look at a view, at least: the fastest command takes as long through two feeds. */
const SOONEST = 20
/** Milliseconds before the first look, at most: when things get faster again, the next one who waits finds out soon. */
const LATEST = 200
/** Milliseconds between two looks, at least. */
const INTERVAL = 8
/** Between two looks, as a part of what it took others: more looks would only take from what is waited for. */
const PATIENCE = 1 / 8
/** How much sooner than what it took others the first look is. */
const SOONER = 0.8
/** How fast what is expected follows what things take. */
const WEIGHT = 1 / 8

/**
 * When to look at a view for what somebody waits for. Everybody looks at the same moments, so that their reads travel
 * together, and nobody before it is likely to be there.
 */
export type Looks = {
  /** The next moment. */
  readonly next: () => Promise<void>
  /** Milliseconds to wait before the first look. */
  readonly first: () => number
  /** Told of what was found: after how many milliseconds, and whether at the first look, when it was perhaps there before. */
  readonly found: (took: number, atOnce: boolean) => void
}

export function sharedLooks(world: World): Looks {
  let upcoming: Promise<void> | undefined
  let expected = SOONEST
  return {
    next: () => {
      upcoming ??= world.sleep(Math.min(Math.max(expected * PATIENCE, INTERVAL), LATEST * PATIENCE)).then(() => {
        upcoming = undefined
      })
      return upcoming
    },
    first: () => Math.min(Math.max(expected * SOONER, SOONEST), LATEST),
    found: (took, atOnce) => {
      expected = atOnce ? Math.min(expected, took) * SOONER : expected + (took - expected) * WEIGHT
    },
  }
}

/** Looks again and again until something is found or the time is up. */
export async function lookFor<Found>(
  { looks, world, wait }: { looks: Looks; world: World; wait: number },
  look: () => Promise<Found | undefined>,
): Promise<Found | undefined> {
  const began = world.now()
  await world.sleep(Math.min(looks.first(), wait))
  for (let looked = 0; looked === 0 || world.now() < began + wait; looked++) {
    await looks.next()
    const found = await look()
    if (found === undefined) continue
    looks.found(world.now() - began, looked === 0)
    return found
  }
  return undefined
}
