import { expect, test } from 'vitest'
import { Random } from '../../simulation/random.ts'
import { shop, told } from './shop.ts'

/** `KILLS=100 SEED=7 pnpm vitest run test/contract/functions/killed-hosts.test.ts` is the long run. */
const KILLS = Number(process.env.KILLS ?? 6)
const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 1_000_000))
const HOSTS = 3
const RANGES = 8
const KEYS = 24
/** Milliseconds between two kills, while changes go on. */
const BETWEEN = 1_000
/** What the sample app asks for, in milliseconds. */
const LEASE_EXPIRATION = 500
/** What a busy machine may add until everybody has seen that a lease expired, in milliseconds. */
const ALLOWANCE = 5_000

const current = shop(RANGES)

interface Lease {
  LeaseToken: string
  Owner: string | null
  timestamp: string
}

test(`${KILLS} of ${HOSTS} hosts killed over ${RANGES} ranges: nothing missed, in order per key`, {
  timeout: 60_000 + KILLS * 10_000,
}, async () => {
  console.log(`killed hosts: seed ${SEED}`)
  const random = new Random(SEED)
  const seen = new Map<string, number>()
  let repeated = 0
  let skipped: string | undefined
  /** Every change of a key is either the next one, or one that was there before. */
  const hear = (change: string) => {
    const [key = '', number] = change.split('/')
    const last = seen.get(key) ?? -1
    if (Number(number) > last + 1) skipped ??= `${change} after ${last}`
    if (Number(number) <= last) repeated++
    else seen.set(key, Number(number))
  }
  const startOne = async () => {
    const host = await current().start()
    host.follow(entry => told([entry.message], 'through').forEach(hear))
    return host
  }
  const alive = await Promise.all(Array.from({ length: HOSTS }, startOne))

  let writing = true
  let written = 0
  const write = async () => {
    for (; writing; written++) {
      const keys = Array.from({ length: KEYS }, (_, key) => `key-${key}`)
      await Promise.all(keys.map(pk => current().items.items.create({ id: `${written}`, pk, number: written })))
    }
  }
  const writer = write()

  const leases = async () => (await current().leases.items.readAll<Lease>().fetchAll()).resources
  const settling: number[] = []
  for (let kill = 0; kill < KILLS; kill++) {
    await new Promise(resolve => setTimeout(resolve, BETWEEN))
    const [victim] = alive.splice(random.between(0, alive.length - 1), 1)
    await victim?.kill()
    const killed = Date.now()
    const heldSince = async () =>
      (await leases()).filter(({ Owner, timestamp }) => Owner !== null && Date.parse(timestamp) > killed).length
    await expect.poll(heldSince, { interval: 10, timeout: LEASE_EXPIRATION + ALLOWANCE }).toBe(RANGES)
    settling.push(Date.now() - killed)
    alive.push(await startOne())
  }
  writing = false
  await writer

  await expect
    .poll(() => [...seen.values()].filter(last => last === written - 1).length, { timeout: 30_000 })
    .toBe(KEYS)
  expect(skipped).toBeUndefined()
  const shares = async () => {
    const owners = (await leases()).map(({ Owner }) => Owner)
    return [...new Set(owners)].map(owner => owners.filter(one => one === owner).length).sort()
  }
  await expect.poll(shares, { timeout: 20_000 }).toEqual([2, 3, 3])
  console.log(
    `killed hosts: ${written * KEYS} changes, ${repeated} came again; leases had an owner again after ${settling.join(', ')} ms`,
  )
})
