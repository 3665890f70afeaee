import type { Misfortune } from './faults.ts'
import { type Choices, Failure, runHistory } from './history.ts'
import type { PlantedBug } from './planted-bug.ts'

/** A failing history with as little in it as still fails. */
export type Shrunk = {
  readonly seed: number
  readonly actions: number
  readonly faults: readonly Misfortune[]
  readonly says: string
  readonly tries: number
}

/** Histories told while shrinking, at most. */
const MOST_TRIES = 400

/**
 * Leaves out actions and faults for as long as something still does not hold: first from the end, then in halves and
 * ever smaller parts (delta debugging). What is left need not fail in the same way.
 */
export async function shrink(failure: Failure, bug: PlantedBug = {}): Promise<Shrunk> {
  const { seed } = failure
  let tries = 0
  let best = failure
  const fails = async (choices: Choices): Promise<boolean> => {
    if (tries >= MOST_TRIES) return false
    tries += 1
    const found = await runHistory(seed, bug, choices).then(
      () => undefined,
      (error: unknown) => error,
    )
    if (!(found instanceof Failure)) return false
    best = found
    return true
  }
  const with_ = (faults: readonly Misfortune[], actions = best.actions): Choices => ({
    faults: new Set(faults),
    actions,
  })
  for (let actions = 0; actions < failure.actions; actions++) {
    if (await fails(with_(best.faults, actions))) break
  }
  for (let parts = 2; best.faults.length > 0; ) {
    const size = Math.ceil(best.faults.length / parts)
    let smaller = false
    for (let start = 0; start < best.faults.length && !smaller; start += size) {
      const rest = best.faults.filter((_, index) => index < start || index >= start + size)
      smaller = await fails(with_(rest))
    }
    if (!smaller && size === 1) break
    parts = smaller ? Math.max(2, parts - 1) : Math.min(best.faults.length, parts * 2)
  }
  return { seed, actions: best.actions, faults: best.faults, says: best.message, tries }
}
