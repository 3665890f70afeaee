import type { Reading } from '../ports.ts'

/** How long a read waits for the view to reach `minVersion`, and how long between two looks; milliseconds. */
const WAIT = 2_000
const LOOK = 20

type Versioned = { readonly version: number }

/** The first answer of the view that is new enough; after two seconds, what the stream says. */
export async function waitedFor<Found extends Versioned>(
  { world }: Reading,
  minVersion: number,
  sources: {
    readonly fromView: () => Promise<Found | undefined>
    readonly fromStream: () => Promise<Found | undefined>
  },
): Promise<Found | undefined> {
  let found = await sources.fromView()
  const deadline = world.now() + WAIT
  while ((found?.version ?? 0) < minVersion && found !== undefined) {
    if (world.now() >= deadline) return sources.fromStream()
    await world.sleep(LOOK)
    found = await sources.fromView()
  }
  return found
}
