import { afterEach, describe, expect, test } from 'vitest'
import { appFolder, removeAppFolders } from './app-folder.ts'
import { startHost } from './host-process.ts'
import { shop } from './shop.ts'

const place = `databaseName: 'shop', containerName: 'items', connection: 'COSMOS'`
const source = `
  import { input, output } from '@azure/functions'

  const one = input.cosmosDB({ ${place}, id: '{id}', partitionKey: '{pk}' })
  app.http('one', { route: 'one/{pk}/{id}', authLevel: 'anonymous', extraInputs: [one], handler: async (_, context) => {
    return { jsonBody: { found: context.extraInputs.get(one) ?? null } }
  } })

  const some = input.cosmosDB({ ${place}, sqlQuery: 'SELECT VALUE c.id FROM c WHERE c.colour = {Query.colour} ORDER BY c.id' })
  app.http('some', { authLevel: 'anonymous', extraInputs: [some], handler: async (_, context) => ({ jsonBody: context.extraInputs.get(some) }) })

  const partition = input.cosmosDB({ ${place}, partitionKey: '{pk}', sqlQuery: 'SELECT VALUE c.id FROM c' })
  app.http('partition', { route: 'partition/{pk}', authLevel: 'anonymous', extraInputs: [partition],
    handler: async (_, context) => ({ jsonBody: context.extraInputs.get(partition) }) })

  const posted = input.cosmosDB({ ${place}, id: '{item.id}', partitionKey: '{item.pk}' })
  app.http('posted', { methods: ['POST'], authLevel: 'anonymous', extraInputs: [posted],
    handler: async (_, context) => ({ jsonBody: context.extraInputs.get(posted) }) })

  const kept = output.cosmosDB({ ${place} })
  const made = output.cosmosDB({ databaseName: 'shop', containerName: 'made', connection: 'COSMOS', createIfNotExists: true, partitionKey: '/pk' })
  const nowhere = output.cosmosDB({ databaseName: 'shop', containerName: 'nowhere', connection: 'COSMOS' })
  for (const [name, out] of Object.entries({ kept, made, nowhere })) {
    app.http(name, { methods: ['POST'], authLevel: 'anonymous', extraOutputs: [out], handler: async (request, context) => {
      const body = await request.text()
      context.extraOutputs.set(out, request.query.has('text') ? body : JSON.parse(body))
      if (request.query.has('fail')) throw new Error('after setting it')
      return { status: 201 }
    } })
  }
`

describe('Cosmos DB bindings', () => {
  const at = shop(3)
  afterEach(removeAppFolders)

  async function start() {
    const COSMOS = `AccountEndpoint=${at().cosmos.endpoint};AccountKey=${at().cosmos.key};`
    const host = await startHost({ apps: [{ folder: await appFolder(source), settings: { COSMOS } }] })
    const get = async (path: string) => (await fetch(`${host.endpoint}/api/${path}`)).json()
    const post = async (path: string, body: unknown) =>
      (await fetch(`${host.endpoint}/api/${path}`, { method: 'POST', body: JSON.stringify(body) })).status
    return { host, get, post }
  }

  test('an input is the item with its system properties, or nothing when it is not there', async () => {
    await at().items.items.create({ id: 'a', pk: 'p', colour: 'red' })
    const { host, get } = await start()
    expect(await get('one/p/a')).toMatchObject({ found: { id: 'a', colour: 'red', _etag: expect.any(String) } })
    expect(await get('one/q/a')).toEqual({ found: null })
    expect(await get('one/p/b')).toEqual({ found: null })
    await host.stop()
  })

  test('a query goes over all partitions; its values are parameters, never part of the statement', async () => {
    for (const n of [3, 1, 2, 4]) {
      await at().items.items.create({ id: `i${n}`, pk: `p${n}`, colour: n === 4 ? "x' OR true --" : 'red' })
    }
    const { host, get } = await start()
    expect(await get('some?colour=red')).toEqual(['i1', 'i2', 'i3'])
    expect(await get(`some?colour=${encodeURIComponent("x' OR true --")}`)).toEqual(['i4'])
    expect(await get('some?colour=none')).toEqual([])
    expect(await get('partition/p2')).toEqual(['i2'])
    expect((await fetch(`${host.endpoint}/api/some`)).status).toBe(500)
    await host.logged(lines => lines.some(line => line.includes("No value for named parameter 'Query.colour'")))
    await host.stop()
  })

  test('the members of a JSON body can be named', async () => {
    await at().items.items.create({ id: 'a', pk: 'p' })
    const { host } = await start()
    const body = JSON.stringify({ item: { id: 'a', PK: 'p' } })
    const answer = await fetch(`${host.endpoint}/api/posted`, { method: 'POST', body })
    expect(await answer.json()).toMatchObject({ id: 'a', pk: 'p' })
    await host.stop()
  })

  test('an output upserts: one item, a list, or a text that is JSON', async () => {
    await at().items.items.create({ id: 'a', pk: 'p', n: 1, kept: 'no' })
    const { host, post } = await start()
    expect(await post('kept', { id: 'a', pk: 'p', n: 2 })).toBe(201)
    const { resource } = await at().items.item('a', 'p').read()
    expect([resource.n, resource.kept]).toEqual([2, undefined])
    expect(
      await post('kept', [
        { id: 'b', pk: 'p' },
        { id: 'c', pk: 'q' },
      ]),
    ).toBe(201)
    expect(await post('kept?text', { id: 'd', pk: 'q' })).toBe(201)
    const { resources } = await at().items.items.query('SELECT VALUE c.id FROM c ORDER BY c.id').fetchAll()
    expect(resources).toEqual(['a', 'b', 'c', 'd'])
    await host.stop()
  })

  test('what cannot be written fails the invocation; a function that fails writes nothing', async () => {
    const { host, post } = await start()
    expect(await post('kept', { pk: 'no id' })).toBe(500)
    expect(await post('kept', 'a text')).toBe(500)
    expect(await post('nowhere', { id: 'a', pk: 'p' })).toBe(500)
    expect(await post('kept?fail', { id: 'a', pk: 'p' })).toBe(500)
    expect((await at().items.items.readAll().fetchAll()).resources).toEqual([])
    await host.stop()
  })

  test('createIfNotExists makes the container with the given key', async () => {
    const { host, post } = await start()
    expect(await post('made', { id: 'a', pk: 'p' })).toBe(201)
    expect(await post('made', { id: 'b', pk: 'p' })).toBe(201)
    const made = at().items.database.container('made')
    expect((await made.read()).resource?.partitionKey?.paths).toEqual(['/pk'])
    expect((await made.items.readAll().fetchAll()).resources.map(item => item.id)).toEqual(['a', 'b'])
    await host.stop()
  })
})
