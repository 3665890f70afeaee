import { setTimeout as sleep } from 'node:timers/promises'
import { randomFrom } from '@remit/simulator/random'
import { killable, type PartName, type SplitSystem } from './split-system.ts'

/** How many transfers must be answered between one restart and the next kill: at least, at most. */
const ANSWERED = [5, 25] as const
/** So many transfers may be answered before the next kill; then the others wait for it. */
export const PER_KILL = 60
/** Once in so many times a second part is killed at the same moment. */
const TWO_AT_ONCE = 5
/** Once in so many times a part is killed again while it starts: after so many milliseconds, at least, at most. */
const KILLED_AGAIN = 4
const STARTING = [20, 400] as const
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
        const left = kills - done.length
        const first = random.pick(killable)
        const second = random.pick(killable.filter(part => part !== first))
        const parts = left > 1 && random.oneIn(TWO_AT_ONCE) ? [first, second] : [first]
        const again = left > parts.length && random.oneIn(KILLED_AGAIN) ? [random.between(...STARTING)] : []
        const enough = before + random.between(...ANSWERED)
        await until(() => answered >= enough, stop)
        if (stop.aborted) break
        const victims = parts.map((part, index) => killAndRestart(system, part, index === 0 ? again : []))
        done.push(...(await Promise.all(victims)).flat())
        before = answered
      }
      return done
    },
  }
}

/** @param again after how many milliseconds it is killed while it starts, each time. */
async function killAndRestart(system: SplitSystem, part: PartName, again: readonly number[]): Promise<Kill[]> {
  const kills: Kill[] = []
  const start = performance.now()
  await system.kill(part)
  for (const pause of again) {
    const cutOff = system.restart(part).catch(() => undefined)
    await sleep(pause)
    await system.kill(part)
    await cutOff
    kills.push({ part, milliseconds: performance.now() - start })
  }
  await system.restart(part)
  return [...kills, { part, milliseconds: performance.now() - start }]
}

/** How often each part was killed, and how long it was away. */
export function summaryOf(kills: readonly Kill[]): string {
  const parts = [...Map.groupBy(kills, ({ part }) => part)].map(([part, some]) => {
    const away = some.map(({ milliseconds }) => Math.round(milliseconds)).sort((a, b) => a - b)
    return `${part} ${some.length} times (away ${away[away.length >> 1]} ms, at most ${away.at(-1)} ms)`
  })
  return `killed: ${parts.join(', ')}`
}
