import {
  type AccountId,
  accountId,
  accountIdFor,
  accountOf,
  asTransferId,
  type CommandId,
  commandId,
  commandIdFor,
  type DerivedStep,
  derivedCommandId,
  type TransferId,
  transferId,
} from '@remit/domain/ids'
import { describe, expect, test } from 'vitest'
import { ALICE, BOB } from './example.ts'

const NAME = '6e1b1b1e-8a0c-5d7f-9b3e-4c5a6d7e8f90'
const TRANSFER = `${ALICE}_${NAME}` as TransferId

type Schema = typeof accountId | typeof commandId | typeof transferId

const complaints = (schema: Schema, text: string) => schema.safeParse(text).error?.issues.map(({ message }) => message)

describe('what names an account', () => {
  test.each([['a UUID', ALICE]])('%s', (_name, text) => {
    expect(accountId.parse(text)).toBe(text)
  })
  test.each([
    ['a capital at the start', 'A0000000-0000-4000-8000-000000000000'],
    ['a capital at the end', '00000000-0000-4000-8000-00000000000A'],
    ['a capital in between', '00000000-0000-4000-8B00-000000000000'],
  ])('not %s', (_name, text) => {
    expect(complaints(accountId, text)).toEqual(['must be in lower case'])
  })
  test.each([
    ['an empty text', ''],
    ['a word', 'alice'],
    ['a UUID without dashes', ALICE.replaceAll('-', '')],
    ['a UUID and more', `${ALICE}0`],
    ['a transfer id', TRANSFER],
  ])('not %s', (_name, text) => {
    expect(accountId.safeParse(text).success).toBe(false)
  })
})

describe('what names a command or a transfer', () => {
  test.each(['', '.receive', '.return', '.expire'])('a command id may end in "%s"', end => {
    expect(commandId.parse(TRANSFER + end)).toBe(TRANSFER + end)
  })
  test('a transfer id has no such ending', () => {
    expect(transferId.parse(TRANSFER)).toBe(TRANSFER)
    expect(complaints(transferId, `${TRANSFER}.receive`)).toEqual(['must be a transfer id'])
  })
  test.each([
    ['an empty text', ''],
    ['an account id', ALICE],
    ['two names with a dash between', `${ALICE}-${NAME}`],
    ['something before', `x${TRANSFER}`],
    ['something after', `${TRANSFER}x`],
    ['a capital', TRANSFER.replace('e', 'E')],
    ['a step nobody knows', `${TRANSFER}.refund`],
    ['two steps', `${TRANSFER}.receive.return`],
    ['a step with another sign before it', `${TRANSFER}-receive`],
    ['a path', `${ALICE}_../../${NAME}`],
  ])('not %s', (_name, text) => {
    expect(complaints(commandId, text)).toEqual(['must be a command id'])
    expect(complaints(transferId, text)).toEqual(['must be a transfer id'])
  })
})

describe('what an id says', () => {
  test('whose stream it was made for', () => {
    expect(accountOf(TRANSFER)).toBe(ALICE)
    expect(accountOf(derivedCommandId(TRANSFER, 'receive'))).toBe(ALICE)
    expect(accountOf(commandIdFor(BOB, 'CloseAccount'))).toBe(BOB)
  })
  test('a transfer is named by the command that asked for it', () => {
    expect(asTransferId(TRANSFER as string as CommandId)).toBe(TRANSFER)
  })
  test.each<DerivedStep>(['receive', 'return', 'expire'])('%s has an id of its own, which is a command id', step => {
    expect(derivedCommandId(TRANSFER, step)).toBe(`${ALICE}_${NAME}.${step}`)
    expect(commandId.safeParse(derivedCommandId(TRANSFER, step)).success).toBe(true)
  })
})

/** Computed by another program: UUID version 5 of the JSON text of the names, under the namespace fixed for ever. */
describe('the same names give the same id for ever', () => {
  test.each<[names: string[], id: string]>([
    [['SendCredits', 'rent'], 'f94c16a9-0c6b-572e-b70f-ba1173b085de'],
    [['SendCreditsrent'], 'f2032b48-64f6-5c76-a6fb-56b85a241b01'],
    [['Send', 'Creditsrent'], '6b64a3c4-0cd3-5654-818b-cdb8a2671895'],
    [[], 'c8119d6f-1dc9-5550-8153-98ab9f345dd6'],
  ])('a command named %j', (names, id) => {
    expect(commandIdFor(ALICE, ...names)).toBe(`${ALICE}_${id}`)
  })
  test.each<[owner: string, names: string[], id: string]>([
    ['alice', [], 'dcdce852-5a3d-52c1-a264-9e3110d0a2cd'],
    ['al', ['ice'], 'd61a25c9-8104-59b8-8a25-aa59cfe41f05'],
    ['alice', ['personal', 'Alice'], '49495569-c0d4-505b-8ac0-0f08278b3157'],
    ['alice', ['savings'], 'bf9900c5-f4e2-50f3-9b14-794ee2e10cd0'],
    ['alice', ['sav', 'ings'], '1c69a2bb-323e-5d3c-a9e4-e3db7377c308'],
  ])('an account of %s named %j', (owner, names, id) => {
    expect(accountIdFor(owner, ...names)).toBe(id)
    expect(accountId.safeParse(id).success).toBe(true)
  })
  test('two accounts never share a command id', () => {
    const ids = ([ALICE, BOB] satisfies AccountId[]).map(account => commandIdFor(account, 'CloseAccount', 'key'))
    expect(new Set(ids.map(id => id.slice(37))).size).toBe(2)
  })
})
