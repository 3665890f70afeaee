import { CosmosClient } from '@azure/cosmos'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type RunningCosmos, startCosmos } from '../../../local/cosmos/src/server.ts'
import { refusal } from './doors.ts'

let cosmos: RunningCosmos
beforeAll(async () => {
  cosmos = await startCosmos()
})
afterAll(() => cosmos.close())

it('refuses a wrong key with 401', async () => {
  const key = Buffer.from('another key').toString('base64')
  const client = new CosmosClient({
    endpoint: cosmos.endpoint,
    key,
    connectionPolicy: { enableEndpointDiscovery: false },
  })
  expect(await refusal(client.databases.create({ id: 'd' }))).toMatchObject({ code: 401 })
  client.dispose()
})

it('refuses a request without authorization, as JSON with a length', async () => {
  const response = await fetch(`${cosmos.endpoint}/dbs`)
  expect(response.status).toBe(401)
  expect(response.headers.get('content-length')).toMatch(/^\d+$/)
  expect(await response.json()).toMatchObject({ code: 'Unauthorized' })
})

it('refuses a date outside the window with 403', async () => {
  const { createHmac } = await import('node:crypto')
  const date = new Date(Date.now() - 3_600_000).toUTCString()
  const signature = createHmac('sha256', Buffer.from(cosmos.key, 'base64'))
    .update(`get\ndbs\n\n${date.toLowerCase()}\n\n`)
    .digest('base64')
  const authorization = encodeURIComponent(`type=master&ver=1.0&sig=${signature}`)
  const response = await fetch(`${cosmos.endpoint}/dbs`, { headers: { authorization, 'x-ms-date': date } })
  expect(response.status).toBe(403)
})
