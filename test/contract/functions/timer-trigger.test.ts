import { parseNcrontab } from 'local-functions/timer/ncrontab'
import { afterEach, describe, expect, test } from 'vitest'
import { type HostProcess, sample, startHost } from './host-process.ts'

describe('timer trigger', () => {
  let host: HostProcess | undefined
  afterEach(() => host?.stop())

  test('runs on startup and then by the schedule, with camel-case properties', async () => {
    host = await startHost({ apps: [{ folder: sample('timer'), settings: { SCHEDULE: '* * * * * *' } }] })
    const lines = await host.logged(all => all.filter(line => line.startsWith('tick ')).length >= 2)
    const [first, second] = lines.filter(line => line.startsWith('tick ')).map(line => JSON.parse(line.slice(5)))
    expect(first.isPastDue).toBe(false)
    expect(first.schedule).toEqual({ adjustForDST: true })
    expect(new Date(second.scheduleStatus.last).getTime()).toBeGreaterThan(Date.now() - 5_000)
  })

  test('takes a time span', async () => {
    host = await startHost({ apps: [{ folder: sample('timer'), settings: { SCHEDULE: '00:00:01' } }] })
    await host.logged(all => all.filter(line => line.startsWith('tick ')).length >= 2)
  })

  test.each([
    ['0 */5 * * * *', '2025-01-01T00:02:00Z', '2025-01-01T00:05:00Z'],
    ['30 15 10 * * *', '2025-01-01T10:15:30Z', '2025-01-02T10:15:30Z'],
    ['0 0 9-17 * * MON-FRI', '2025-01-03T17:00:00Z', '2025-01-06T09:00:00Z'],
    ['0 0 0 29 2 *', '2025-01-01T00:00:00Z', '2028-02-29T00:00:00Z'],
    ['0 0 0 1 JAN,JUL *', '2025-01-01T00:00:00Z', '2025-07-01T00:00:00Z'],
    ['*/5 * * * *', '2025-01-01T00:02:00Z', '2025-01-01T00:05:00Z'],
  ])('%s after %s is %s', (expression, after, expected) => {
    expect(parseNcrontab(expression)?.(Date.parse(after))).toBe(Date.parse(expected))
  })

  test.each(['', '* *', '61 * * * * *', '0 0 0 * FOO *', '0 0 5-1 * * *'])('"%s" is not a schedule', expression => {
    expect(parseNcrontab(expression)).toBeUndefined()
  })
})
