import { readdirSync, readFileSync } from 'node:fs'
import { accountRule } from '@remit/domain/account/account'
import { accountCommand, commandTypes } from '@remit/domain/account/commands'
import { accountEvent, eventData } from '@remit/domain/account/events'
import { digestOf } from '@remit/domain/digest'
import { defaultSettings } from '@remit/domain/settings'
import { wishHash } from '@remit/domain/wish'
import { append } from '@remit/event-store/append'
import { expect, test } from 'vitest'

// One sample of every type and version ever stored. A sample is never changed and never deleted: whoever changes what
// is stored adds a file with the next version.

const folder = (kind: string) => new URL(`samples/${kind}/`, import.meta.url)

function samples(kind: string): [name: string, stored: { [member: string]: unknown }][] {
  const names = readdirSync(folder(kind)).sort()
  return names.map(name => [name, JSON.parse(readFileSync(new URL(name, folder(kind)), 'utf8'))])
}

test.each(samples('commands'))('command %s parses, and its hash is the one it was stored with', (_name, stored) => {
  const parsed = accountCommand.parse(stored)
  expect(parsed).toEqual(stored)
  expect(wishHash(parsed)).toBe(stored.hash)
})

test.each(samples('events'))('event %s parses and folds', (_name, stored) => {
  const { parse, evolve, initial } = accountRule(defaultSettings)
  expect(parse(stored)).toEqual(stored)
  expect(evolve({ ...initial, balance: 1_000_000, status: 'open' }, accountEvent.parse(stored))).toBeDefined()
})

test('appends form a chain, and each says the state its events fold to', () => {
  const { parse, evolve, initial } = accountRule(defaultSettings)
  let state = initial
  let previousHash = ''
  for (const [, stored] of samples('appends')) {
    const { hash, ...sealed } = append.parse(stored)
    expect(sealed.previousHash).toBe(previousHash)
    expect(digestOf(sealed)).toBe(hash)
    state = sealed.events.map(parse).reduce(evolve, state)
    expect(sealed.after.state).toEqual(state)
    previousHash = hash
  }
  expect(previousHash).not.toBe('')
})

test('every type has a sample', () => {
  const types = (kind: string) => new Set(samples(kind).map(([, { type }]) => type))
  expect(types('commands')).toEqual(new Set(commandTypes))
  expect(types('events')).toEqual(new Set(Object.keys(eventData)))
})
