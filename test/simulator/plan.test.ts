import { randomFrom } from '@remit/simulator/random'
import { scenarioNames, scenarios } from '@remit/simulator/scenarios'
import { describe, expect, it } from 'vitest'

const options = { seed: 42, transfers: 300, concurrency: 10, expire: false }
const wishesOf = (name: keyof typeof scenarios, seed = 42) =>
  scenarios[name]({ ...options, seed }).steps.flatMap(step => ('wishes' in step ? step.wishes : []))

describe('chance', () => {
  it('is the same for the same seed', () => {
    const numbers = (seed: number) => Array.from({ length: 5 }, randomFrom(seed).next)
    expect(numbers(1)).toEqual(numbers(1))
    expect(numbers(1)).not.toEqual(numbers(2))
    expect(numbers(1)).toEqual([792_534_090, 3_215_351_813, 160_231_488, 1_151_041_103, 1_990_438_114])
  })

  it('is spread evenly over its range, both ends included', () => {
    const { between } = randomFrom(3)
    const counts = new Map<number, number>()
    for (let draw = 0; draw < 60_000; draw++) {
      const drawn = between(1, 6)
      counts.set(drawn, (counts.get(drawn) ?? 0) + 1)
    }
    expect([...counts.keys()].sort()).toEqual([1, 2, 3, 4, 5, 6])
    for (const count of counts.values()) expect(Math.abs(count - 10_000)).toBeLessThan(500)
  })

  it('makes UUIDs, and refuses to pick from nothing', () => {
    const { uuid, pick } = randomFrom(4)
    expect(uuid()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(() => pick([])).toThrow(RangeError)
  })
})

describe.each(scenarioNames)('the plan of %s', name => {
  it('is the same for the same seed, and another for another', () => {
    expect(scenarios[name](options)).toEqual(scenarios[name](options))
    expect(wishesOf(name, 42)).not.toEqual(wishesOf(name, 43))
  })

  it('gives each request a key of its own', () => {
    const byKey = Map.groupBy(wishesOf(name), ({ key }) => key)
    for (const same of byKey.values()) {
      // Only the very same request may come again under its key.
      const bare = same.map(({ copies: _, ...wish }) => wish)
      expect(
        new Set(
          bare.map(wish => JSON.stringify(wish, (_key, value) => (typeof value === 'bigint' ? `${value}` : value))),
        ).size,
      ).toBe(1)
    }
  })

  it('expects an end of each request', () => {
    for (const { expect: ends } of wishesOf(name)) expect(ends.length).toBeGreaterThan(0)
  })
})

describe('the family', () => {
  it('never runs dry, whatever the seed', () => {
    for (let seed = 1; seed <= 200; seed++) {
      const left: Record<string, bigint> = { vera: 19_996n, jonas: 0n }
      for (const wish of wishesOf('family', seed)) {
        if (wish.kind !== 'send' || !wish.expect.includes('completed')) continue
        left[wish.from] = (left[wish.from] ?? 0n) - wish.amount
        left[wish.to] = (left[wish.to] ?? 0n) + wish.amount
      }
      expect(left.vera).toBeGreaterThanOrEqual(0n)
      expect(left.jonas).toBeGreaterThanOrEqual(0n)
      expect(left.jonas).toBeLessThan(5_995n)
    }
  })
})
