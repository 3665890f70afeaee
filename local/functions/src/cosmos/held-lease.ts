import type { Lease, LeaseStore } from './leases.ts'

/** A lease this instance owns. */
export interface HeldLease {
  readonly rangeId: string
  /** Where reading goes on; null when nothing was ever read. */
  readonly continuation: string | null
  /** False once another instance has it. */
  readonly held: boolean
  /** Tells others that the owner lives. */
  renew(): Promise<void>
  /** Stores how far the range is worked off. Answers false when the lease was lost. */
  checkpoint(continuation: string): Promise<boolean>
  /** Gives the lease back. */
  release(): Promise<void>
  /** Waits, but not longer than the lease is held or until `wake` is called. */
  pause(milliseconds: number): Promise<void>
  wake(): void
}

/** @param taken the lease as it was written with this instance as owner. */
export function holdLease(store: LeaseStore, taken: Lease): HeldLease {
  let lease = taken
  let held = true
  let writing: Promise<unknown> = Promise.resolve()
  let wakeUp: (() => void) | undefined

  // Renewing and checkpointing share the etag, so one write waits for the other.
  function write(fields: Partial<Lease>): Promise<boolean> {
    const next = writing.then(() => writeNow(fields))
    writing = next.catch(() => {})
    return next
  }

  async function writeNow(fields: Partial<Lease>): Promise<boolean> {
    while (held) {
      const written = await store.replace({ ...lease, ...fields, timestamp: new Date().toISOString() })
      if (written) {
        lease = written
        return true
      }
      // An answer may have been lost although the write took effect: then the lease is still ours.
      const now = await store.read(lease.LeaseToken)
      if (now && now.Owner === taken.Owner) lease = { ...now, ContinuationToken: lease.ContinuationToken }
      else held = false
    }
    wakeUp?.()
    return false
  }

  return {
    rangeId: taken.LeaseToken,
    get continuation() {
      return lease.ContinuationToken
    },
    get held() {
      return held
    },
    renew: async () => void (await write({})),
    checkpoint: continuation => write({ ContinuationToken: continuation }),
    async release() {
      await write({ Owner: null })
      held = false
    },
    pause(milliseconds) {
      if (!held) return Promise.resolve()
      return new Promise(resolve => {
        const timer = setTimeout(resolve, milliseconds)
        wakeUp = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    },
    wake: () => wakeUp?.(),
  }
}
