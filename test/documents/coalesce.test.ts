import { coalesce } from '@remit/documents/coalesce'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

/** Sends that answer ten times what was asked, and keep what travelled together. */
function tenfold() {
  const sent: number[][] = []
  const send = async (asks: number[]) => {
    sent.push(asks)
    return asks.map(ask => ask * 10)
  }
  return { sent, send }
}

const nextTurn = () => new Promise(resolve => setImmediate(resolve))

describe('coalesce', () => {
  test('asks of one turn travel together and are answered in order', async () => {
    const { sent, send } = tenfold()
    const ask = coalesce(100, send)
    const first = [ask(1), ask(2)]
    await Promise.resolve()
    const second = [ask(3), ask(3)]
    expect(sent).toEqual([])
    expect(await Promise.all([...first, ...second])).toEqual([10, 20, 30, 30])
    expect(sent).toEqual([[1, 2, 3, 3]])
  })

  test('asks of two turns travel apart, and the second does not wait for the answer to the first', async () => {
    const answers: (() => void)[] = []
    const sent: number[][] = []
    const ask = coalesce<number, number>(100, asks => {
      sent.push(asks)
      return new Promise(resolve => answers.push(() => resolve(asks)))
    })
    const one = ask(1)
    await nextTurn()
    await nextTurn()
    const two = ask(2)
    await nextTurn()
    await nextTurn()
    expect(sent).toEqual([[1], [2]])
    answers[1]?.()
    expect(await two).toBe(2)
    answers[0]?.()
    expect(await one).toBe(1)
  })

  test('at most so many travel together, none is left behind, each gets its own answer', async () => {
    const property = fc.asyncProperty(fc.integer({ min: 1, max: 7 }), fc.array(fc.nat(), { maxLength: 40 }), check)
    async function check(most: number, asks: number[]) {
      const { sent, send } = tenfold()
      const ask = coalesce(most, send)
      expect(await Promise.all(asks.map(ask))).toEqual(asks.map(one => one * 10))
      expect(sent.flat()).toEqual(asks)
      expect(sent.length).toBe(Math.ceil(asks.length / most))
      for (const group of sent) expect(group.length).toBeLessThanOrEqual(most)
    }
    await fc.assert(property, { numRuns: 100 })
  })

  test('a failure reaches each that travelled with it, and nobody else', async () => {
    const ask = coalesce<number, number>(2, async asks => {
      if (asks.includes(3)) throw new Error('lost')
      return asks
    })
    const answers = await Promise.allSettled([1, 2, 3, 4, 5].map(ask))
    expect(answers.map(answer => (answer.status === 'fulfilled' ? answer.value : String(answer.reason)))).toEqual([
      1,
      2,
      'Error: lost',
      'Error: lost',
      5,
    ])
    expect(await ask(6)).toBe(6)
  })

  test('an ask made while answers arrive travels with the next turn', async () => {
    const { sent, send } = tenfold()
    const ask = coalesce(10, send)
    expect(await ask(1).then(answer => ask(answer))).toBe(100)
    expect(sent).toEqual([[1], [10]])
  })
})
