import type { Random } from './random.ts'

/** How likely each fault is, each time it could happen. */
export type Faults = {
  /** 429: refused, not written. */
  busy: number
  /** 408 or 503 before the write took effect. */
  unknownBefore: number
  /** 408, or the answer lost, after the write took effect. */
  unknownAfter: number
  /** The client library repeated a write that had taken effect, and shows the answer to the repetition. */
  echo: number
  /** A read that is not answered. */
  unreadable: number
  /** A process dies, between any two steps. */
  crash: number
  /** A batch comes again although it was handled. */
  duplicate: number
  /** Another process takes a lease while its owner goes on. */
  steal: number
  /** The clock of a process jumps, both ways. */
  clockJump: number
  /** Event Grid refuses news, or stores them and says it did not. */
  publishFails: number
  /** Event Grid delivers once more. */
  redelivery: number
  /** A client never sees the answer to its request. */
  answerLost: number
}

export const noFaults: Faults = {
  busy: 0,
  unknownBefore: 0,
  unknownAfter: 0,
  echo: 0,
  unreadable: 0,
  crash: 0,
  duplicate: 0,
  steal: 0,
  clockJump: 0,
  publishFails: 0,
  redelivery: 0,
  answerLost: 0,
}

/** Each fault on or off, and how often: no two histories are alike in what goes wrong (swarm testing). */
export function someFaults(random: Random): Faults {
  const rate = (most: number) => (random.chance(0.5) ? random.next() * most : 0)
  return {
    busy: rate(0.1),
    unknownBefore: rate(0.1),
    unknownAfter: rate(0.15),
    echo: rate(0.1),
    unreadable: rate(0.05),
    crash: rate(0.004),
    duplicate: rate(0.3),
    steal: rate(0.1),
    clockJump: rate(0.002),
    publishFails: rate(0.2),
    redelivery: rate(0.3),
    answerLost: rate(0.2),
  }
}
