/** Wakes those who wait for notices of an owner in this process; others find them when they look again. */
export type Bell = {
  readonly ring: (owner: string) => void
  readonly listen: (owner: string) => Listener
  /** How many listen, to this owner's notices or to any. */
  readonly listeners: (owner?: string) => number
}

export type Listener = {
  /** Resolves when it has rung since the last time, or when `late` does. */
  readonly rung: (late: Promise<void>) => Promise<void>
  readonly stop: () => void
}

type Ear = { heard: boolean; wake: () => void }

export function createBell(): Bell {
  const ears = new Map<string, Set<Ear>>()
  let count = 0
  return {
    ring: owner => {
      for (const ear of ears.get(owner) ?? []) {
        ear.heard = true
        ear.wake()
      }
    },
    listen: owner => {
      const ear: Ear = { heard: false, wake: () => undefined }
      const others = ears.get(owner) ?? new Set()
      ears.set(owner, others.add(ear))
      count++
      return {
        rung: async late => {
          if (!ear.heard) {
            const rung = new Promise<void>(resolve => {
              ear.wake = resolve
            })
            await Promise.race([rung, late])
          }
          ear.heard = false
        },
        stop: () => {
          if (!others.delete(ear)) return
          count--
          if (others.size === 0) ears.delete(owner)
        },
      }
    },
    listeners: owner => (owner === undefined ? count : (ears.get(owner)?.size ?? 0)),
  }
}
