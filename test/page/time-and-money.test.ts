import { serverClock } from '@remit/review-page/clock'
import { nearTime, startOfDay } from '@remit/review-page/moments'
import { formatMoney, sumOf } from '@remit/review-page/money'
import { duration, timeLeft } from '@remit/review-page/time-left'
import { describe, expect, test } from 'vitest'

const plain = (text: string) => text.replaceAll('\u00a0', ' ').replaceAll('\u202f', ' ')

describe('an amount', () => {
  test.each([
    ['150000', 'EUR', 'en-GB', '€1,500.00'],
    ['150000', 'EUR', 'de-DE', '1.500,00 €'],
    ['5', 'EUR', 'en-GB', '€0.05'],
    ['0', 'EUR', 'en-GB', '€0.00'],
    ['1500', 'JPY', 'en-GB', 'JP¥1,500'],
    ['1234567', 'KWD', 'en-GB', 'KWD 1,234.567'],
    // More than a float can hold exactly.
    ['9007199254740993', 'EUR', 'en-GB', '€90,071,992,547,409.93'],
  ])('%s minor units of %s, written as in %s', (minor, currency, locale, written) => {
    expect(plain(formatMoney(minor, currency, locale))).toBe(written)
  })

  test('is added up without loss', () => {
    expect(sumOf(['9007199254740993', '9007199254740993'])).toBe('18014398509481986')
    expect(sumOf([])).toBe('0')
  })
})

describe('the time left', () => {
  const from = '2026-01-01T00:00:00.000Z'
  const due = '2026-01-02T00:00:00.000Z'
  const at = (time: string) => timeLeft(from, due, Date.parse(time))

  test.each([
    ['2026-01-01T00:00:00.000Z', '1 d 0 h', 'calm'],
    ['2026-01-01T12:00:00.000Z', '12 h 0 min', 'calm'],
    ['2026-01-01T21:36:00.000Z', '2 h 24 min', 'calm'],
    ['2026-01-01T21:36:01.000Z', '2 h 23 min', 'urgent'],
    ['2026-01-01T23:48:30.000Z', '11 min', 'urgent'],
    ['2026-01-01T23:55:51.000Z', '4 min 9 s', 'urgent'],
    ['2026-01-01T23:59:59.500Z', '1 s', 'urgent'],
    ['2026-01-02T00:00:00.000Z', 'past due', 'over'],
    ['2026-01-03T00:00:00.000Z', 'past due', 'over'],
  ])('at %s is %s: %s', (time, text, state) => {
    expect(at(time)).toMatchObject({ text, state })
  })

  test('shrinks from all to nothing, and is never more or less', () => {
    const shares = ['2025-12-31', '2026-01-01', '2026-01-01T12:00:00.000Z', '2026-01-02', '2026-01-05'].map(
      time => at(time).share,
    )
    expect(shares).toEqual([1, 1, 0.5, 0, 0])
    expect(timeLeft(due, due, Date.parse(from)).share).toBe(0)
  })

  test('rounds up: there is time until there is none', () => {
    expect(duration(1)).toBe('1 s')
    expect(duration(60_000)).toBe('1 min 0 s')
    expect(duration(59_001)).toBe('1 min 0 s')
  })
})

describe('a time near the present', () => {
  const now = new Date(2026, 0, 15, 12).getTime()
  const here = (day: number, hour: number) => new Date(2026, 0, day, hour, 30).toISOString()

  test('says only as much of the date as is needed', () => {
    expect(nearTime(here(15, 9), now, 'en-GB')).toBe('today 09:30')
    expect(nearTime(here(14, 23), now, 'en-GB')).toBe('yesterday 23:30')
    expect(nearTime(here(16, 0), now, 'en-GB')).toBe('tomorrow 00:30')
    expect(nearTime(here(18, 9), now, 'en-GB')).toBe('18 Jan 2026, 09:30')
  })

  test('the day begins at midnight where the reader is', () => {
    expect(new Date(startOfDay(now)).getHours()).toBe(0)
    expect(new Date(startOfDay(now)).getDate()).toBe(15)
  })
})

describe("the server's clock", () => {
  const here = Date.parse('2026-01-01T12:00:00.400Z')

  test('is believed where this one is wrong', () => {
    const clock = serverClock(() => here)
    clock.heard('Thu, 01 Jan 2026 12:10:00 GMT')
    expect(clock.now() - here).toBe(10 * 60_000 - 400)
    clock.heard('Thu, 01 Jan 2026 12:00:00 GMT')
    expect(clock.now()).toBe(here)
  })

  test.each(['Thu, 01 Jan 2026 12:00:00 GMT', 'Thu, 01 Jan 2026 12:00:02 GMT', '', null, 'soon'])(
    '%j moves nothing',
    date => {
      const clock = serverClock(() => here)
      clock.heard(date)
      expect(clock.now()).toBe(here)
    },
  )
})
