import { readBody } from '@remit/api/http/body'
import { preferredWait } from '@remit/api/http/parameters'
import { reasonBody } from '@remit/api/resources/shapes'
import type { ContainerName } from '@remit/documents/containers'
import type { Documents } from '@remit/documents/documents'
import { expect, test } from 'vitest'
import { type App, bodyOf, funded, opened, requestOf, wholeApp } from './whole-app.ts'

const OTHER = '99999999-9999-4999-8999-999999999999'
const SIX_MINUTES = 360_000

const onCommands =
  (change: (documents: Documents) => Partial<Documents>) => (name: ContainerName, documents: Documents) =>
    name === 'commands' ? { ...documents, ...change(documents) } : documents

const sends = (app: App, from: string) => (body: object) =>
  app.ask('POST /v1/transfers', { as: 'alice user', key: 'k', body: { from, to: OTHER, amount: '1', ...body } })

test('who loses a key to another amount does not take the text of the winner', async () => {
  let meanwhile: (() => Promise<unknown>) | undefined
  const app = wholeApp(
    onCommands(documents => ({
      write: async write => {
        const now = meanwhile
        meanwhile = undefined
        await now?.()
        return documents.write(write)
      },
    })),
  )
  const send = sends(app, await funded(app, 'alice'))
  let winner: number | undefined
  meanwhile = async () => {
    winner = (await send({ amount: '2', memo: 'the same' })).status
  }
  expect((await send({ amount: '1', memo: 'the same' })).status).toBe(422)
  expect(winner).toBe(202)
  const again = await send({ amount: '2', memo: 'the same' })
  expect([again.status, bodyOf(again).memo]).toEqual([202, 'the same'])
})

test('after its text was erased, a repeat with text names the text as what differs', async () => {
  const app = wholeApp()
  const account = await funded(app, 'alice')
  const send = sends(app, account)
  const { transferId } = bodyOf(await send({ memo: 'm' }))
  await app.memory.details.remove({ partition: account, id: String(transferId) })
  const again = await send({ memo: 'm' })
  expect([again.status, bodyOf(again).differs]).toEqual([422, ['/memo']])
})

test('a text whose command was never stored holds its key for five minutes, and not for ever', async () => {
  let busy = true
  const app = wholeApp(
    onCommands(documents => ({
      write: async write => (busy && write.item.type === 'SendCredits' ? { result: 'busy' } : documents.write(write)),
    })),
  )
  const send = sends(app, await funded(app, 'alice'))
  expect((await send({ memo: 'typo' })).status).toBe(429)
  busy = false
  expect((await send({ memo: 'fixed' })).status).toBe(422)
  await app.world.sleep(SIX_MINUTES)
  const late = await send({ memo: 'fixed' })
  expect([late.status, bodyOf(late).memo]).toEqual([202, 'fixed'])
  expect((await send({ memo: 'typo' })).status).toBe(422)
})

test('a pending account is pending also for who asks for a later version', async () => {
  const app = wholeApp()
  const body = { kind: 'merchant', name: 'n' }
  const { accountId } = bodyOf(await app.ask('POST /v1/accounts', { as: 'alice user', body }))
  for (const as of ['alice user', 'ada auditor']) {
    const answer = await app.ask(`GET /v1/accounts/${accountId}`, { as, query: { minVersion: '1' } })
    expect(bodyOf(answer)).toMatchObject({ owner: 'alice', kind: 'merchant', status: 'pending' })
  }
})

test('metadata named __proto__ is refused, and not dropped', async () => {
  const app = wholeApp()
  const from = await funded(app, 'alice')
  const body = `{"from":"${from}","to":"${OTHER}","amount":"1","metadata":{"__proto__":"v","a":"b"}}`
  const answer = await app.ask('POST /v1/transfers', { as: 'alice user', key: 'k', body })
  expect([answer.status, bodyOf(answer).errors]).toMatchObject([400, [{ pointer: '/metadata' }]])
})

test('an optional body without a type is not ignored', async () => {
  const bytes = new TextEncoder().encode('{"reason":"lost card"}')
  const request = {
    ...requestOf({}, {}),
    headers: { get: () => null },
    arrayBuffer: async () => bytes.buffer as ArrayBuffer,
  }
  await expect(readBody(request, reasonBody, true)).rejects.toMatchObject({ problem: 'unsupported-media-type' })
})

test('a parameter of another preference is no wait', () => {
  const wait = (prefer: string) => preferredWait(requestOf({}, { headers: { prefer } }))
  expect(['foo=bar; wait=5', 'foo, wait=5', 'wait=5; foo'].map(wait)).toEqual([undefined, 5_000, 5_000])
})

test('who decided is told in the order of the decisions', async () => {
  const app = wholeApp()
  const from = await funded(app, 'alice')
  const { transferId } = bodyOf(await sends(app, from)({ to: await opened(app, 'bob'), amount: '2000000' }))
  for (const who of ['rita', 'anna']) {
    await app.pump()
    await app.ask(`POST /v1/transfers/${transferId}/approve`, { as: `${who} reviewer` })
  }
  await app.pump()
  const { decidedBy } = bodyOf(await app.ask(`GET /v1/transfers/${transferId}`, { as: 'rita reviewer' }))
  expect(decidedBy).toEqual(['rita', 'anna'])
})

test('an account whose opening was discarded will never be open: it shows as closed, not pending for ever', async () => {
  let mended = false
  const app = wholeApp(undefined, rule => ({
    ...rule,
    decide: (command, account) => {
      if (!mended) throw new TypeError('a defect')
      return rule.decide(command, account)
    },
  }))
  const id = await opened(app, 'alice')
  const shown = async () => bodyOf(await app.ask(`GET /v1/accounts/${id}`, { as: 'alice user' })).status
  expect(await shown()).toBe('pending')
  const operator = { as: 'olga operator' }
  const { items } = bodyOf(await app.ask('GET /v1/parked', operator)) as { items: { parkedId: string }[] }
  await app.ask(`POST /v1/parked/${items[0]?.parkedId}/discard`, { ...operator, body: { reason: 'a test' } })
  await app.pump()
  expect(await shown()).toBe('closed')
  mended = true
  expect(await opened(app, 'alice')).toBe(id)
  expect(await shown()).toBe('closed')
})
