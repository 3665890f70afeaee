import { describe, expect, test } from 'vitest'
import { shop, told } from './shop.ts'

const KEYS = 12

const through = (messages: string[]) => told(messages, 'through')

describe('a range that is split while hosts read it', () => {
  const current = shop(1)
  let made = 0
  const add = async (count: number) => {
    for (const last = made + count; made < last; made++) {
      await current().items.items.create({ id: `${made}`, pk: `key-${made % KEYS}`, number: made })
    }
  }
  const all = () => current().hosts.flatMap(({ entries }) => through(entries.map(({ message }) => message)))

  test.each([1, 2])(
    'goes on in its children where it stood: nothing missing, in order per key, %i hosts',
    async count => {
      made = 0
      await add(20)
      for (let nth = 0; nth < count; nth++) await current().start()
      for (const range of ['0', '1', '2']) {
        await add(20)
        expect(current().cosmos.split('shop', 'items', range)).toHaveLength(2)
        await add(20)
      }
      await expect.poll(() => new Set(all()).size, { timeout: 20_000 }).toBe(made)
      for (const host of current().hosts) {
        const done = through(host.entries.map(({ message }) => message))
        for (let key = 0; key < KEYS; key++) {
          const numbers = done.filter(one => one.startsWith(`key-${key}/`)).map(one => Number(one.split('/')[1]))
          const once = numbers.filter((number, index) => numbers.indexOf(number) === index)
          expect(once).toEqual([...once].sort((a, b) => a - b))
        }
      }
      const held = async () => {
        const { resources } = await current().leases.items.query<{ LeaseToken: string }>('SELECT * FROM c').fetchAll()
        return resources.map(({ LeaseToken }) => LeaseToken).sort()
      }
      await expect.poll(held, { timeout: 20_000 }).toEqual(['3', '4', '5', '6'])
    },
  )
})
