import type { Answer } from '@remit/api/http/answer'
import type { ContainerName } from '@remit/documents/containers'
import type { Documents } from '@remit/documents/documents'
import { beforeEach, describe, expect, test } from 'vitest'
import { type Fate, fated } from '../event-store/wires.ts'
import { type App, bodyOf, funded, type Sending, wholeApp } from './whole-app.ts'

const other = '99999999-9999-4999-8999-999999999999'
const MEMO = 'for the cheese fondue'
let app: App
let account: string
beforeEach(async () => {
  app = wholeApp()
  account = await funded(app, 'alice')
})

const wish = (more: object = {}) => ({ from: account, to: other, amount: '100', ...more })
const send = (body: object, more: Sending = {}) =>
  app.ask('POST /v1/transfers', { as: 'alice user', key: 'k', body, ...more })
const _idIn = (answer: Answer) => answer.headers.location
const replayed = (answer: Answer) => answer.headers['idempotent-replayed']

describe('what the store answers, and what the client gets', () => {
  const turns = (at: ContainerName, ...fates: Fate[]) => {
    let armed = false
    let used = 0
    const through = (name: ContainerName, documents: Documents) =>
      name === at ? fated(documents, () => (armed ? (fates[used++] ?? 'fine') : 'fine')) : documents
    return { through, arm: () => (armed = true) }
  }
  const cases: [ContainerName, Fate[], number][] = [
    ['commands', ['unknown before'], 202],
    ['commands', ['unknown after'], 202],
    ['commands', ['echo'], 202],
    ['commands', ['unknown before', 'unknown after'], 202],
    ['commands', ['busy'], 429],
    ['commands', ['unknown before', 'unknown before', 'unknown before', 'unknown before'], 503],
    ['details', ['unknown before'], 202],
    ['details', ['unknown after'], 202],
    ['details', ['echo'], 202],
    ['details', ['busy'], 429],
    ['details', ['unknown before', 'unknown before', 'unknown before', 'unknown before'], 503],
  ]

  test.each(cases)('%s: %j is answered %d, and sending again is safe', async (at, fates, status) => {
    const { through, arm } = turns(at, ...fates)
    app = wholeApp(through)
    account = await funded(app, 'alice')
    arm()
    const first = await send(wish({ memo: MEMO }))
    expect([first.status, replayed(first)]).toEqual([status, undefined])
    if (status !== 202) {
      expect(first.headers['retry-after']).toBe('1')
      expect(bodyOf(first)).toMatchObject({ retryable: true })
      expect(app.memory.commands.all().filter(({ type }) => type === 'SendCredits')).toEqual([])
    }
    const second = await send(wish({ memo: MEMO }))
    expect([second.status, replayed(second)]).toEqual([202, status === 202 ? 'true' : undefined])
    expect(bodyOf(second)).toMatchObject({ memo: MEMO, status: 'pending' })
    await app.pump()
    expect(app.memory.commands.all().filter(({ type }) => type === 'SendCredits')).toHaveLength(1)
  })
})
