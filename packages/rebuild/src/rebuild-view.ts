import { containerOf, type Edition, otherThan, type ViewName } from '@remit/api/editions'
import { keysIn } from '@remit/documents/containers'
import { inPool } from '@remit/simulator/pool'
import { Claim } from './claim.ts'
import { compareEditions } from './compare.ts'
import type { Findings } from './findings.ts'
import { foldStreams } from './fold-streams.ts'
import { PAGE, patiently, type Rebuilding, WIDTH } from './rebuilding.ts'

export type Rebuilt = {
  /** The edition readers see from now on; undefined when they still see the one from before. */
  readonly read: Edition | undefined
  readonly streams: number
  readonly compared: number
  /** Accounts that cannot be folded: with any of these nothing is switched. */
  readonly unfolded: Findings
  /** Where the new edition differs from the one before. */
  readonly differences: Findings
}

/** Between two signs of life while waiting, in milliseconds. */
const TICK = 5_000

/**
 * Folds a view anew beside the one that is read, while both are kept up to date, compares them, and switches readers to
 * the new one by a single write. The old one is kept up to date for a rollback. Stopped at any point, it can be begun
 * again; until the switch nobody notices.
 *
 * @param acceptDifferences switch even when the two differ: they should, after a change of what is folded.
 * @throws Taken when somebody else rebuilds this view; StoreUnavailable when the store cannot be asked for a minute.
 */
export async function rebuildView(
  rebuilding: Rebuilding,
  view: ViewName,
  { acceptDifferences = false } = {},
): Promise<Rebuilt> {
  return withClaim(rebuilding, view, async claim => {
    const { read } = claim.editions
    const edition = otherThan(read)
    const phase = { view, edition, renew: () => claim.renew() }
    await empty(rebuilding, claim)
    await claim.change({ kept: [read, edition] })
    await untilSeenByAll(rebuilding, claim)
    const { world } = rebuilding
    const folded = await patiently(world, () => foldStreams(rebuilding, phase))
    const rebuilt = { ...folded, ...(await patiently(world, () => compareEditions(rebuilding, phase))) }
    if (rebuilt.unfolded.count > 0 || (rebuilt.differences.count > 0 && !acceptDifferences)) {
      await claim.change({ kept: [read] })
      return { ...rebuilt, read: undefined }
    }
    await claim.change({ read: edition, before: read })
    return { ...rebuilt, read: edition }
  })
}

/**
 * Shows readers the edition they saw before the last switch, by a single write.
 *
 * @throws NothingKept when there is none.
 */
export async function rollBack(rebuilding: Rebuilding, view: ViewName): Promise<Edition> {
  return withClaim(rebuilding, view, async claim => {
    const { read, before } = claim.editions
    if (before === undefined) throw new NothingKept(`No other edition of ${view} is kept.`)
    await claim.change({ read: before, before: read })
    return before
  })
}

/**
 * Gives up the edition that is kept for a rollback, and deletes it.
 *
 * @throws NothingKept when there is none.
 */
export async function dropBefore(rebuilding: Rebuilding, view: ViewName): Promise<Edition> {
  return withClaim(rebuilding, view, async claim => {
    const { read, kept } = claim.editions
    if (kept.length === 1) throw new NothingKept(`No other edition of ${view} is kept.`)
    await empty(rebuilding, claim)
    return otherThan(read)
  })
}

export class NothingKept extends Error {
  override readonly name = 'NothingKept'
}

async function withClaim<Done>(
  rebuilding: Rebuilding,
  view: ViewName,
  work: (claim: Claim) => Promise<Done>,
): Promise<Done> {
  const claim = await Claim.on(rebuilding, view)
  try {
    return await work(claim)
  } finally {
    // Where this fails the claim ends by itself.
    await claim.release().catch(() => {})
  }
}

/** Empties the edition nobody reads, once nobody writes it any more. */
async function empty(rebuilding: Rebuilding, claim: Claim): Promise<void> {
  const { stores, world, progress } = rebuilding
  const { id: view, read } = claim.editions
  await claim.change({ kept: [read], before: undefined })
  await untilSeenByAll(rebuilding, claim)
  const edition = stores[containerOf(view, otherThan(read))]
  const keyOf = keysIn(view)
  let removed = 0
  for await (const page of edition.scan({ limit: PAGE })) {
    await inPool(page, WIDTH, async item => {
      await patiently(world, () => edition.remove(keyOf(item)))
    })
    removed += page.length
    progress(`${view}: items removed`, removed)
    await claim.renew()
  }
}

/** Waits until every process acts on what the editions are now. */
async function untilSeenByAll({ world, seenByAll, progress }: Rebuilding, claim: Claim): Promise<void> {
  const began = world.now()
  for (;;) {
    const waited = world.now() - began
    if (waited >= seenByAll) return
    progress(`${claim.editions.id}: seconds waited, of ${seenByAll / 1000}`, Math.floor(waited / 1000))
    await world.sleep(Math.min(TICK, seenByAll - waited))
    await claim.renew()
  }
}
