import { transferAnswer } from './answers.ts'
import { carryOut, type Run } from './carry-out.ts'
import type { Answer } from './client.ts'
import { type Entry, entryOf } from './ledger.ts'
import { latencyOf, type Speed } from './measure.ts'
import type { Phase, Plan } from './plan.ts'
import { inPool } from './pool.ts'
import { lookAtReviews } from './review-list.ts'
import { type Reader, settle } from './settle.ts'

/** Plays all steps of a plan, one after the other; resolves with the speed of the measured phase, if there is one. */
export async function play(run: Run, plan: Plan, reader: Reader): Promise<Speed | undefined> {
  let speed: Speed | undefined
  for (const step of plan.steps) {
    if ('wishes' in step) speed = (await playPhase(run, step, reader)) ?? speed
    else await lookAtReviews(reader, step, `${run.name}.reviewer`)
  }
  return speed
}

async function playPhase(run: Run, phase: Phase, reader: Reader): Promise<Speed | undefined> {
  const { title, wishes, concurrency, wait, measured } = phase
  const latencies: number[] = []
  const start = performance.now()
  let done = 0
  await inPool(wishes, concurrency, async wish => {
    const sent = performance.now()
    const answer = await carryOut(run, wish, wait)
    if (measured && isCompleted(answer)) latencies.push(performance.now() - sent)
    reader.progress(title, ++done, wishes.length)
  })
  if (!measured) return undefined
  const entries = wishes.map((wish): Entry => entryOf(run.ledger, wish))
  await settle(reader, entries)
  const seconds = (performance.now() - start) / 1000
  const latency = latencyOf(latencies)
  const speed = { transfers: wishes.length, seconds, perSecond: wishes.length / seconds }
  return latency ? { ...speed, latency } : speed
}

function isCompleted(answer: Answer | undefined): boolean {
  return transferAnswer.safeParse(answer?.body).data?.status === 'completed'
}
