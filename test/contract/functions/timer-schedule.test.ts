import type { LoadedFunction } from 'local-functions/invoke'
import type { Clock } from 'local-functions/timer/clock'
import { parseNcrontab } from 'local-functions/timer/ncrontab'
import { runSchedule, type TimerPayload } from 'local-functions/timer/run-schedule'
import { scheduleOf } from 'local-functions/timer/schedule'
import type { ScheduleStatus, StatusStore } from 'local-functions/timer/schedule-status'
import { nextInZone, timeZoneOf } from 'local-functions/timer/time-zone'
import { expect, test } from 'vitest'

const utc = () => 0

function next(expression: string, after: string, zone = ''): string | undefined {
  const cron = parseNcrontab(expression)
  if (!cron) throw new Error(`${expression} is not valid`)
  const at = nextInZone(cron, timeZoneOf('f', { WEBSITE_TIME_ZONE: zone }), Date.parse(after))
  return at === undefined ? undefined : new Date(at).toISOString()
}

test.each([
  ['0 */5 * * * *', '2025-01-01T00:02:00Z', '2025-01-01T00:05:00.000Z'],
  ['*/15 * * * * *', '2025-01-01T00:02:15.500Z', '2025-01-01T00:02:30.000Z'],
  ['30 15 10 * * *', '2025-01-01T10:15:30Z', '2025-01-02T10:15:30.000Z'],
  ['0 0 9-17 * * MON-FRI', '2025-01-03T17:00:00Z', '2025-01-06T09:00:00.000Z'],
  ['0 0 9-17/4 * * *', '2025-01-01T10:00:00Z', '2025-01-01T13:00:00.000Z'],
  ['0 5/20 * * * *', '2025-01-01T00:05:00Z', '2025-01-01T00:25:00.000Z'],
  ['0 5/20 * * * *', '2025-01-01T00:45:00Z', '2025-01-01T01:05:00.000Z'],
  ['0 0,30 * * * *', '2025-01-01T00:00:00Z', '2025-01-01T00:30:00.000Z'],
  ['0 0 0 29 2 *', '2025-01-01T00:00:00Z', '2028-02-29T00:00:00.000Z'],
  ['0 0 0 31 * *', '2025-02-01T00:00:00Z', '2025-03-31T00:00:00.000Z'],
  ['0 0 0 1 JAN,JUL *', '2025-01-01T00:00:00Z', '2025-07-01T00:00:00.000Z'],
  ['0 0 0 1 january *', '2025-01-02T00:00:00Z', '2026-01-01T00:00:00.000Z'],
  ['0 0 0 1 j *', '2025-01-02T00:00:00Z', '2026-01-01T00:00:00.000Z'],
  ['0 0 0 * * SUN', '2025-01-01T00:00:00Z', '2025-01-05T00:00:00.000Z'],
  ['0 0 0 * * 0', '2025-01-01T00:00:00Z', '2025-01-05T00:00:00.000Z'],
  ['0 0 0 13 * 5', '2025-01-01T00:00:00Z', '2025-06-13T00:00:00.000Z'],
  ['0 0 5-3 * * *', '2025-01-01T05:00:00Z', '2025-01-02T03:00:00.000Z'],
  ['0 */0 * * * *', '2025-01-01T00:00:00Z', '2025-01-01T00:01:00.000Z'],
  ['*/5 * * * *', '2025-01-01T00:02:00Z', '2025-01-01T00:05:00.000Z'],
  ['  0  0 0 1 1 *  ', '2025-01-02T00:00:00Z', '2026-01-01T00:00:00.000Z'],
])('%s after %s is %s', (expression, after, expected) => {
  expect(next(expression, after)).toBe(expected)
})

test('a day that never comes never comes', () => {
  expect(next('0 0 0 30 2 *', '2025-01-01T00:00:00Z')).toBeUndefined()
})

test.each([
  '',
  '* *',
  '* * * * * * *',
  '61 * * * * *',
  '0 0 24 * * *',
  '0 0 0 0 * *',
  '0 0 0 * 13 *',
  '0 0 0 * * 7',
  '0 0 0 * FOO *',
  '0 0 0 ? * *',
  '0 0 0 L * *',
  '0 1,,2 * * * *',
  '0 , * * * *',
  '0 */x * * * *',
  '0 1- * * * *',
  '@daily',
])('"%s" is not a schedule', expression => {
  expect(parseNcrontab(expression)).toBeUndefined()
})

test.each([
  ['* * * * * *', true],
  ['*/30 * * * * *', true],
  ['0 * * * * *', false],
  ['*/10 0 * * * *', false],
  ['* * * * *', false],
])('%s comes several times in every minute: %s', (expression, expected) => {
  expect(parseNcrontab(expression)?.subMinute).toBe(expected)
})

test.each([
  ['winter', '0 30 9 * * *', '2025-01-01T00:00:00Z', '2025-01-01T08:30:00.000Z'],
  ['summer', '0 30 9 * * *', '2025-07-01T00:00:00Z', '2025-07-01T07:30:00.000Z'],
  ['the hour left out comes an hour later', '0 30 2 * * *', '2025-03-29T12:00:00Z', '2025-03-30T01:30:00.000Z'],
  ['the day after is itself again', '0 30 2 * * *', '2025-03-30T01:30:00Z', '2025-03-31T00:30:00.000Z'],
  ['of the hour that comes twice the first', '0 30 2 * * *', '2025-10-25T12:00:00Z', '2025-10-26T00:30:00.000Z'],
  ['and not the second', '0 30 2 * * *', '2025-10-26T00:30:00Z', '2025-10-27T01:30:00.000Z'],
  ['nor when it begins in the second', '0 30 2 * * *', '2025-10-26T01:10:00Z', '2025-10-27T01:30:00.000Z'],
  ['what recurs, in the first', '0 */30 * * * *', '2025-10-26T00:00:00Z', '2025-10-26T00:30:00.000Z'],
])('in Berlin: %s', (_, expression, after, expected) => {
  expect(next(expression, after, 'Europe/Berlin')).toBe(expected)
})

test('what recurs every hour also runs in both hours of the same name', () => {
  const runs = ['2025-10-25T23:30:00Z']
  while (runs.length < 5) runs.push(next('0 0 * * * *', runs.at(-1) ?? '', 'Europe/Berlin') ?? '')
  expect(runs.slice(1)).toEqual([
    '2025-10-26T00:00:00.000Z',
    '2025-10-26T01:00:00.000Z',
    '2025-10-26T02:00:00.000Z',
    '2025-10-26T03:00:00.000Z',
  ])
})

test.each([
  ['00:05:00', 5 * 60_000],
  ['00:00:30', 30_000],
  ['23:59:59', 86_399_000],
  ['1.00:00:00', 86_400_000],
  ['24:00:00', 24 * 86_400_000],
  ['30:12:30', 30 * 86_400_000 + 12 * 3_600_000 + 30 * 60_000],
])('the time span %s is %d milliseconds', (schedule, expected) => {
  const target = { name: 'f', app: { settings: {} } } as LoadedFunction
  expect(scheduleOf(target, { type: 'timerTrigger', direction: 'in', schedule }).next(1_000)).toBe(1_000 + expected)
})

test('a time zone of Windows is refused by its name', () => {
  expect(() => timeZoneOf('f', { WEBSITE_TIME_ZONE: 'W. Europe Standard Time' })).toThrow(
    'Function "f": WEBSITE_TIME_ZONE "W. Europe Standard Time" is not emulated',
  )
})

/** A clock that stands until it is moved, and a status that is kept in memory. */
function virtualTimer(start: string, expression = '0 */5 * * * *', kept?: ScheduleStatus) {
  let now = Date.parse(start)
  let sleeper: { due: number; wake: () => void } | undefined
  const clock: Clock = {
    now: () => now,
    sleep: (milliseconds, stop) =>
      new Promise((resolve, reject) => {
        sleeper = { due: now + milliseconds, wake: resolve }
        stop.addEventListener('abort', () => reject(stop.reason))
      }),
  }
  let status = kept
  const store: StatusStore = {
    read: async () => status,
    write: async written => {
      status = written
    },
  }
  const runs: { at: string; payload: TimerPayload }[] = []
  const cron = parseNcrontab(expression)
  const stop = new AbortController()
  const begin = (runOnStartup = false, takes = 0) =>
    runSchedule(
      {
        schedule: { next: after => cron?.next(after), subMinute: false, adjustForDST: true, zone: utc },
        runOnStartup,
        store,
        clock,
        async run(payload) {
          runs.push({ at: new Date(now).toISOString(), payload })
          if (runs.length === 1) now += takes
        },
        warn() {},
      },
      stop.signal,
    )
  return {
    begin,
    runs,
    stop: () => stop.abort(),
    status: () => status,
    /** Lets everything that waits see a later time. */
    async until(time: string) {
      await settled()
      while (sleeper && sleeper.due <= Date.parse(time)) {
        const { due, wake } = sleeper
        sleeper = undefined
        now = Math.max(now, due)
        wake()
        await settled()
      }
      now = Math.max(now, Date.parse(time))
    },
  }
}

const settled = () => new Promise(resolve => setImmediate(resolve))
const at = (time: string) => Date.parse(time)

test('a schedule runs at each of its times and keeps how far it has come', async () => {
  const timer = virtualTimer('2025-01-01T00:01:00Z')
  const running = timer.begin()
  await timer.until('2025-01-01T00:14:00Z')
  timer.stop()
  await running
  expect(timer.runs.map(run => run.at)).toEqual(['2025-01-01T00:05:00.000Z', '2025-01-01T00:10:00.000Z'])
  expect(timer.runs[1]?.payload).toEqual({
    Schedule: { AdjustForDST: true },
    ScheduleStatus: {
      Last: '2025-01-01T00:05:00+00:00',
      Next: '2025-01-01T00:10:00+00:00',
      LastUpdated: '2025-01-01T00:05:00+00:00',
    },
    IsPastDue: false,
  })
  expect(timer.status()?.next).toBe(at('2025-01-01T00:15:00Z'))
})

test('a first start keeps the next time and runs nothing', async () => {
  const timer = virtualTimer('2025-01-01T00:01:00Z')
  const running = timer.begin()
  await settled()
  timer.stop()
  await running
  const now = at('2025-01-01T00:01:00Z')
  expect(timer.status()).toEqual({ last: undefined, next: at('2025-01-01T00:05:00Z'), lastUpdated: now })
  expect(timer.runs).toEqual([])
})

test('what was missed while nobody was there runs once, at once, as past due', async () => {
  const last = at('2025-01-01T00:00:00Z')
  const kept = { last, next: at('2025-01-01T00:05:00Z'), lastUpdated: last }
  const timer = virtualTimer('2025-01-01T01:02:00Z', '0 */5 * * * *', kept)
  const running = timer.begin(true)
  await timer.until('2025-01-01T01:06:00Z')
  timer.stop()
  await running
  expect(timer.runs.map(({ at, payload }) => [at, payload.IsPastDue])).toEqual([
    ['2025-01-01T01:02:00.000Z', true],
    ['2025-01-01T01:05:00.000Z', false],
  ])
  expect(timer.runs[0]?.payload.ScheduleStatus?.Next).toBe('2025-01-01T00:05:00+00:00')
})

test('a schedule that was changed while nobody was there begins anew', async () => {
  const last = at('2025-01-01T00:00:00Z')
  const kept = { last, next: at('2025-01-01T00:30:00Z'), lastUpdated: last }
  const timer = virtualTimer('2025-01-01T01:02:00Z', '0 */5 * * * *', kept)
  const running = timer.begin()
  await settled()
  timer.stop()
  await running
  expect(timer.runs).toEqual([])
  const now = at('2025-01-01T01:02:00Z')
  expect(timer.status()).toEqual({ last: undefined, next: at('2025-01-01T01:05:00Z'), lastUpdated: now })
})

test('a run that takes longer than the interval is followed by the next at once', async () => {
  const timer = virtualTimer('2025-01-01T00:04:00Z')
  const running = timer.begin(false, 7 * 60_000)
  await timer.until('2025-01-01T00:14:00Z')
  timer.stop()
  await running
  expect(timer.runs.map(run => run.at)).toEqual(['2025-01-01T00:05:00.000Z', '2025-01-01T00:12:00.000Z'])
})
