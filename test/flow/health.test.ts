import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type HealthResource, health } from '@remit/api/resources/health'
import { runScenario } from '@remit/simulator/run'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type RunningSystem, startSystem } from '../../start/system.ts'

let data = ''
let system: RunningSystem | undefined
beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'remit-health-'))
})
afterEach(async () => {
  await system?.stop()
  await rm(data, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
})

/** Stops the system and starts it again with the same data. */
async function restart(settings: Record<string, string>): Promise<void> {
  await system?.stop()
  system = await startSystem({ port: 0, data, settings, onLine: () => undefined })
}

async function ask(): Promise<{ status: number; body: HealthResource }> {
  const answer = await fetch(`${system?.address}/health`)
  return { status: answer.status, body: health.parse(await answer.json()) }
}

/** Asks again until the answer is as wanted. Fails by the time limit of the test. */
async function eventually(wanted: (body: HealthResource) => boolean) {
  for (;;) {
    const answer = await ask()
    if (wanted(answer.body)) return answer
    await new Promise(resolve => setTimeout(resolve, 200))
  }
}

test('a feed that stands still is seen, makes the system unhealthy, and heals', { timeout: 120_000 }, async () => {
  const settings = { STUCK_AFTER_SECONDS: '3' }
  const play = (seed: number) =>
    runScenario({ scenario: 'family', address: system?.address ?? '', seed, print: () => undefined })
  await restart(settings)
  expect((await play(1)).firstDifferences).toEqual([])
  const well = await eventually(({ status, feeds }) => status === 'healthy' && feeds?.publishEvents.items === 0)
  expect(well.status).toBe(200)

  await restart({ ...settings, 'AzureWebJobs.publishEvents.Disabled': 'true' })
  expect((await ask()).status).toBe(200)
  expect((await play(2)).firstDifferences).toEqual([])
  const ill = await eventually(({ status }) => status === 'unhealthy')
  expect(ill.status).toBe(503)
  expect(ill.body.feeds?.publishEvents.items).toBeGreaterThan(5)
  expect(ill.body.feeds?.publishEvents.seconds).toBeGreaterThan(3)
  expect(ill.body.feeds?.projectEvents).toEqual({ items: 0, seconds: 0 })

  await restart(settings)
  const healed = await eventually(({ feeds }) => feeds?.publishEvents.items === 0)
  expect(healed).toMatchObject({ status: 200, body: { status: 'healthy', parkedItems: 0 } })
})
