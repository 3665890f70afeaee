import { backOff, EVERY, type Known, startPolling } from '@remit/review-page/polling'
import { expect, test } from 'vitest'

/** A page whose time passes only when somebody says so. */
function standing() {
  let now = 0
  let visible = true
  let due: { at: number; call: () => void } | undefined
  let wake = () => {}
  const heard: Known<number>[] = []
  let answer: () => Promise<number> = async () => 0
  let asked = 0
  const machine = {
    now: () => now,
    later: (milliseconds: number, call: () => void) => {
      const mine = { at: now + milliseconds, call }
      due = mine
      return () => {
        if (due === mine) due = undefined
      }
    },
    isVisible: () => visible,
    onWake: (call: () => void) => {
      wake = call
      return () => {
        wake = () => {}
      }
    },
  }
  const settle = () => new Promise<void>(resolve => setImmediate(resolve))
  const load = () => {
    asked++
    return answer()
  }
  return {
    polling: () => startPolling({ load, tell: news => heard.push(news), machine }),
    heard,
    asked: () => asked,
    answers: (next: () => Promise<number>) => {
      answer = next
    },
    settle,
    /** Says when the next look is due, and lets it come. */
    pass: async () => {
      await settle()
      if (due === undefined) return undefined
      const { at, call } = due
      const waited = at - now
      now = at
      due = undefined
      call()
      await settle()
      return waited
    },
    look: async (away: boolean) => {
      visible = !away
      if (visible) wake()
      await settle()
    },
  }
}

test('looks every two seconds while all is well', async () => {
  const page = standing()
  page.polling()
  expect([await page.pass(), await page.pass()]).toEqual([EVERY, EVERY])
  expect(page.heard).toEqual([{ value: 0 }, { value: 0 }, { value: 0 }])
})

test('waits longer after each failure, keeps what it knew, and is quick again afterwards', async () => {
  const page = standing()
  page.polling()
  await page.settle()
  page.answers(() => Promise.reject(new Error('away')))
  const waits = []
  for (let time = 0; time < 7; time++) waits.push(await page.pass())
  expect(waits).toEqual([EVERY, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000])
  expect(page.heard.at(-1)).toMatchObject({ value: 0, trouble: { error: expect.any(Error) } })
  page.answers(async () => 7)
  expect(await page.pass()).toBe(30_000)
  expect(page.heard.at(-1)).toEqual({ value: 7 })
  expect(await page.pass()).toBe(EVERY)
  expect([1, 2, 5, 20].map(backOff)).toEqual([2_000, 4_000, 30_000, 30_000])
})

test('rests while nobody looks, and looks at once when somebody does', async () => {
  const page = standing()
  page.polling()
  await page.look(true)
  await page.pass()
  expect(await page.pass()).toBeUndefined()
  const before = page.asked()
  await page.look(false)
  expect(page.asked()).toBe(before + 1)
})

test('an old answer never replaces a newer one', async () => {
  const page = standing()
  let answerFirst = (_: number) => {}
  page.answers(() => new Promise(resolve => (answerFirst = resolve)))
  const polling = page.polling()
  page.answers(async () => 2)
  polling.refresh()
  await page.settle()
  answerFirst(1)
  await page.settle()
  expect(page.heard).toEqual([{ value: 2 }])
})

test('nothing comes after the end', async () => {
  const page = standing()
  const polling = page.polling()
  polling.stop()
  await page.settle()
  expect(await page.pass()).toBeUndefined()
  expect(page.heard).toEqual([])
})
