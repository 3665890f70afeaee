import type { Machine } from './machine.ts'

/** Pause between two looks while all is well, in milliseconds. */
export const EVERY = 2_000
const LONGEST = 30_000

/** How long to wait after so many failures in a row: twice as long each time, up to half a minute. */
export function backOff(failures: number): number {
  return Math.min(LONGEST, EVERY * 2 ** (failures - 1))
}

/** What is known, and what went wrong since it was. */
export type Known<Value> = {
  readonly value?: Value
  readonly trouble?: { readonly error: unknown; readonly againAt: number }
}

type Poll<Value> = {
  readonly load: () => Promise<Value>
  readonly tell: (news: Known<Value>) => void
  readonly machine: Pick<Machine, 'now' | 'later' | 'isVisible' | 'onWake'>
}

/** Looks again and again while the page is looked at, and at once when it is looked at again. */
export function startPolling<Value>({ load, tell, machine }: Poll<Value>) {
  let failures = 0
  let round = 0
  let known: Known<Value> = {}
  let cancel = () => {}

  const say = (news: Known<Value>) => {
    known = news
    tell(news)
  }
  const look = async () => {
    cancel()
    const mine = ++round
    const answer = await load().then(
      value => ({ value }),
      (error: unknown) => ({ error }),
    )
    // A newer look has begun, or nobody looks any more: this answer is old news.
    if (mine !== round) return
    failures = 'error' in answer ? failures + 1 : 0
    const wait = failures === 0 ? EVERY : backOff(failures)
    if ('error' in answer) say({ ...known, trouble: { error: answer.error, againAt: machine.now() + wait } })
    else say(answer)
    if (machine.isVisible()) cancel = machine.later(wait, look)
  }
  const sleep = machine.onWake(look)
  void look()
  return {
    refresh: () => void look(),
    stop: () => {
      round++
      cancel()
      sleep()
    },
  }
}
