import { afterEach, describe, expect, test } from 'vitest'
import { type HostProcess, sample, startHost } from './host-process.ts'
import { shop } from './shop.ts'

describe('apps laid out as the public quickstarts are', () => {
  let host: HostProcess | undefined
  afterEach(async () => host?.kill())

  test('HTTP in JavaScript: CommonJS, settings file, streams', async () => {
    host = await startHost({ apps: [{ folder: sample('http-javascript') }] })
    const greeting = async (path: string, init?: RequestInit) =>
      (await fetch(`${host?.endpoint}/api${path}`, init)).text()
    expect(await greeting('/greet')).toBe('Hello, world!')
    expect(await greeting('/greet?name=Ada')).toBe('Hello, Ada!')
    expect(await greeting('/greet', { method: 'POST', body: 'Bob' })).toBe('Hello, Bob!')
    await host.logged(lines => lines.includes(`Http function processed request for url "${host?.endpoint}/api/greet"`))
  })

  test('HTTP in TypeScript, without a build', async () => {
    host = await startHost({ apps: [{ folder: sample('http-quickstart') }] })
    expect(await (await fetch(`${host.endpoint}/api/hello?name=Ada`)).text()).toBe('Hello, Ada!')
  })

  describe('Cosmos DB', () => {
    const current = shop(2)
    test('changes arrive; the lease container is made', async () => {
      const { endpoint, key } = current().cosmos
      await current().leases.delete()
      const settings = {
        COSMOS_CONNECTION: `AccountEndpoint=${endpoint};AccountKey=${key};`,
        COSMOS_DATABASE_NAME: 'shop',
        COSMOS_CONTAINER_NAME: 'items',
      }
      await current().items.items.create({ id: 'a', pk: 'p' })
      host = await startHost({ apps: [{ folder: sample('cosmos-quickstart'), settings }] })
      await host.logged(lines => lines.includes('Documents modified: 1') && lines.includes('Id: a'))
      expect((await current().leases.read()).resource?.partitionKey?.paths).toEqual(['/id'])
    })
  })
})
