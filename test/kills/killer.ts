import { setTimeout as sleep } from 'node:timers/promises'
import { randomFrom } from '@remit/simulator/random'
import { killable, type PartName, type SplitSystem } from './split-system.ts'

/** How many transfers must be answered between one restart and the next kill: at least, at most. */
const ANSWERED = [5, 25] as const
/** So many transfers may be answered before the next kill; then the others wait for it. */
export const PER_KILL = 60
/** Once in so many times a second part is killed at the same moment. */
const TWO_AT_ONCE = 5
/** Pause before looking again whether it is time, in milliseconds. */
const LOOK = 5

/** One process that was killed, and how long it was away. */
export type Kill = { readonly part: PartName; readonly milliseconds: number }

export type Killer = {
  /** Told how many transfers were answered so far. */
  readonly progress: (answered: number) => void
  /** Resolves as soon as one more transfer may be asked for: the crowd must not be over before the last kill. */
  readonly turn: () => Promise<void>
  /** Kills and starts again, so many times. */
  readonly run: (system: SplitSystem, stop: AbortSignal) => Promise<Kill[]>
}

/** Kills parts in an order made from the seed, one or two at a time, while the crowd goes on. */
export function createKiller({ seed, kills }: { seed: number; kills: number }): Killer {
  const random = randomFrom(seed)
  const done: Kill[] = []
  let answered = 0
  let before = 0
  const until = async (reached: () => boolean, stop?: AbortSignal) => {
    while (!reached() && !stop?.aborted) await sleep(LOOK)
  }
  return {
    progress: count => {
      answered = count
    },
    turn: () => until(() => done.length === kills || answered - before < PER_KILL),
    run: async (system, stop) => {
      await until(() => answered > 0, stop)
      while (done.length < kills && !stop.aborted) {
        const both = done.length < kills - 1 && random.oneIn(TWO_AT_ONCE)
        const first = random.pick(killable)
        const parts = both ? [first, random.pick(killable.filter(part => part !== first))] : [first]
        const enough = before + random.between(...ANSWERED)
        await until(() => answered >= enough, stop)
        if (stop.aborted) break
        done.push(...(await Promise.all(parts.map(part => killAndRestart(system, part)))))
        before = answered
      }
      return done
    },
  }
}

async function killAndRestart(system: SplitSystem, part: PartName): Promise<Kill> {
  const start = performance.now()
  await system.kill(part)
  await system.restart(part)
  return { part, milliseconds: performance.now() - start }
}

/** How often each part was killed, and how long it was away. */
export function summaryOf(kills: readonly Kill[]): string {
  const parts = [...Map.groupBy(kills, ({ part }) => part)].map(([part, some]) => {
    const away = some.map(({ milliseconds }) => Math.round(milliseconds)).sort((a, b) => a - b)
    return `${part} ${some.length} times (away ${away[away.length >> 1]} ms, at most ${away.at(-1)} ms)`
  })
  return `killed: ${parts.join(', ')}`
}
