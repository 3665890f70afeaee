/** How long one still waits for something that must come. */
export type Patience = {
  readonly isOver: () => boolean
  /** Something came: the waiting starts anew. */
  readonly renew: () => void
}

/**
 * Patience that starts anew when the system was away meanwhile: who comes back needs time to take up the work again.
 *
 * @param milliseconds how long it lasts.
 * @param interruptions how often the system did not answer so far; it only grows.
 */
export function patienceOf(milliseconds: number, interruptions: () => number): Patience {
  let since = performance.now()
  let known = interruptions()
  const renew = () => {
    since = performance.now()
    known = interruptions()
  }
  const isOver = () => {
    if (interruptions() !== known) renew()
    return performance.now() - since > milliseconds
  }
  return { isOver, renew }
}
