import type { OrchestrationContext, RetryOptions, Task } from 'durable-functions'
import type { LetterKind } from './letters.ts'
import type { Look } from './review-steps.ts'

/** What an orchestration is started with. It knows nothing else: all it acts on is read from what is stored. */
export type About = { readonly transferId: string }

/** What wakes an orchestration up. */
export const CHANGED = 'Changed'

/** After so many looks it starts anew, so that its history stays short. */
const LOOKS = 20

/** Names of the activities, as `main.ts` registers them. */
export const activities = {
  look: 'lookAtReview',
  send: 'sendLetter',
  giveUp: 'giveUpLetter',
  close: 'closeReview',
} as const

/** The name of the orchestration that brings one letter on its way. */
export const DELIVER = 'deliverLetter'

/** How what may fail is tried again; `retries` makes the library's own object of it. */
type Retries = (most: number) => RetryOptions

/**
 * Accompanies one held transfer until its review is closed: reminds, and tells the parties of the end. It decides
 * nothing and moves no credits; whoever loses it loses mails for a while, until the watch starts it again.
 */
export function reviewTransfer(retries: Retries) {
  return function* orchestrate(context: OrchestrationContext): Generator<Task, void, unknown> {
    const { df } = context
    const { transferId } = df.getInput() as About
    for (let look = 0; look < LOOKS; look++) {
      const seen = (yield df.callActivityWithRetry(activities.look, retries(10), { transferId })) as Look
      if (seen.state === 'closed') return
      // Each letter is an orchestration that never fails, so that one bad address fails nobody else.
      const letters = seen.due.map(id => df.callSubOrchestrator(DELIVER, { transferId, id }))
      if (letters.length > 0) yield df.Task.all(letters)
      if (seen.state === 'ended') {
        yield df.callActivityWithRetry(activities.close, retries(10), { transferId })
        return
      }
      const timer = df.createTimer(new Date(seen.lookAt))
      const winner = yield df.Task.any([df.waitForExternalEvent(CHANGED), timer])
      if (winner !== timer) timer.cancel()
    }
    df.continueAsNew({ transferId })
  }
}

/** Sends one letter, and gives up when it was tried often enough. */
export function deliverLetter(retries: Retries) {
  return function* orchestrate(context: OrchestrationContext): Generator<Task, void, unknown> {
    const { df } = context
    const which = df.getInput() as About & { readonly id: LetterKind }
    try {
      yield df.callActivityWithRetry(activities.send, retries(8), which)
    } catch {
      yield df.callActivityWithRetry(activities.giveUp, retries(10), which)
    }
  }
}
