import { Random } from './random.ts'

/** How likely each fault is, each time it could happen. */
const menu = {
  /** 429 or 449: refused, not written. */
  busy: 0.1,
  /** 408 or 503 before the write took effect. */
  unknownBefore: 0.1,
  /** 408, or the answer lost, after the write took effect. */
  unknownAfter: 0.15,
  /** The client library repeated a write that had taken effect, and shows the answer to the repetition: 409 or 412. */
  echo: 0.1,
  /** A read that is not answered. */
  unreadable: 0.05,
  /** A read answered by a replica that is behind, as far as Session consistency permits it. */
  stale: 0.3,
  /** A process dies, between any two steps. */
  crash: 0.004,
  /** A batch comes again although it was handled. */
  duplicate: 0.3,
  /** Another process takes a lease while its owner goes on. */
  steal: 0.1,
  /** A range is split while its feeds are read. */
  split: 0.002,
  /** The clock of a process jumps, both ways. */
  clockJump: 0.002,
  /** The commands are restored from a backup: all of them come again, as if stored just now. */
  restore: 0.0005,
  /** Event Grid refuses news, or stores them and says it did not. */
  publishFails: 0.2,
  /** Event Grid delivers once more. */
  redelivery: 0.3,
  /** Event Grid takes its time. */
  lateNews: 0.3,
  /** A client never sees the answer to its request. */
  answerLost: 0.2,
  /** Somebody stores a command nobody can read. */
  poison: 0.1,
  /** The code that runs has a defect on some commands, which a later version has not. */
  defect: 1,
  /** The code that runs has a defect on folding some appends into views, which a later version has not. */
  viewDefect: 1,
  /** A process that starts runs a newer version, which folds under another name. */
  upgrade: 0.5,
  /** An operator retries or discards while everything still goes wrong. */
  meddling: 0.01,
  /** A process stands still, longer than its leases last, and then goes on where it was. */
  freeze: 0.002,
} as const

export type FaultKind = keyof typeof menu
export const faultKinds = Object.keys(menu) as FaultKind[]

/** One fault that happened: its kind, and the how manieth chance it was for this kind. */
export type Misfortune = `${FaultKind} ${number}`

/**
 * Decides which faults happen. Each fault is on or off for a whole history, at a rate of its own, so that no two
 * histories are alike in what goes wrong (swarm testing). Each kind has chances of its own: leaving one out leaves the
 * chances of the others as they are.
 */
export class Faults {
  readonly happened: Misfortune[] = []
  readonly #kinds = new Map<FaultKind, { rate: number; random: Random; chances: number }>()
  readonly #only: ReadonlySet<Misfortune> | undefined
  #over = false

  /** @param only the faults that may happen, for telling a history again with fewer. */
  constructor(seed: number, only?: ReadonlySet<Misfortune>) {
    this.#only = only
    const swarm = new Random(seed)
    for (const [index, kind] of faultKinds.entries()) {
      const rate = swarm.chance(0.5) ? swarm.next() * menu[kind] : 0
      this.#kinds.set(kind, { rate, random: new Random(seed ^ Math.imul(index + 1, 0x9e3779b1)), chances: 0 })
    }
  }

  /** Whether this fault happens now. Each call is one chance, whatever comes of it. */
  happens(kind: FaultKind): boolean {
    const known = this.#kinds.get(kind)
    if (known === undefined) return false
    const fault: Misfortune = `${kind} ${known.chances++}`
    const happens = known.random.next() < known.rate
    if (!happens || this.#over || this.#only?.has(fault) === false) return false
    this.happened.push(fault)
    return true
  }

  /** Nothing goes wrong any more. */
  heal(): void {
    this.#over = true
  }
}

export function kindOf(fault: Misfortune): FaultKind {
  return fault.slice(0, fault.indexOf(' ')) as FaultKind
}
