import { type Container, CosmosClient, type SqlQuerySpec } from '@azure/cosmos'
import { type BindingPlace, type InputBinding, type OutputBinding, textOption, valuesOf } from '../bindings/binding.ts'
import { type BindingData, parseExpression } from '../bindings/expression.ts'
import type { TypedData } from '../core-api.ts'
import { findConnection } from './connection.ts'

/** `{name}` in a query becomes a parameter of it, so that a value is never part of the statement. */
const parameterPattern = /\{([^{}]+)\}/g

/**
 * One item by its id and partition key, or the items of a query over all partitions. An item that is not there is
 * undefined. The partition key is always a text, as the service's own extension has it.
 */
export function cosmosInput(place: BindingPlace): InputBinding {
  const { target, name, binding } = place
  const container = openContainer(place)
  const optional = (option: string) =>
    typeof binding[option] === 'string' && binding[option] !== ''
      ? parseExpression(target.name, binding[option])
      : undefined
  const id = optional('id')
  const partitionKey = optional('partitionKey')
  const query = binding.sqlQuery
  if (id) {
    return {
      name,
      async read(data) {
        const { resource } = await container.item(id.resolve(data), partitionKey?.resolve(data)).read()
        return resource === undefined ? undefined : { json: JSON.stringify(resource) }
      },
    }
  }
  const ask = parameterized(target.name, typeof query === 'string' && query !== '' ? query : 'SELECT * FROM c')
  return {
    name,
    async read(data) {
      const options = partitionKey ? { partitionKey: partitionKey.resolve(data) } : {}
      const { resources } = await container.items.query(ask(data), options).fetchAll()
      return { json: JSON.stringify(resources) }
    },
  }
}

function parameterized(functionName: string, statement: string): (data: BindingData) => SqlQuerySpec {
  const names = [...new Set([...statement.matchAll(parameterPattern)].map(match => match[1] as string))]
  const parameterOf = (name: string) => `@${name.replace(/\W/g, '_')}`
  const query = statement.replace(parameterPattern, (_, name: string) => parameterOf(name))
  const parameters = names.map(name => ({ name: parameterOf(name), value: parseExpression(functionName, `{${name}}`) }))
  return data => ({ query, parameters: parameters.map(({ name, value }) => ({ name, value: value.resolve(data) })) })
}

/** Upserts what a function answers, one item or a list: it can refuse neither a duplicate nor an old version. */
export function cosmosOutput(place: BindingPlace): OutputBinding {
  const { name, binding } = place
  const container = openContainer(place)
  const ensure = async () => {
    const { database } = await container.database.client.databases.createIfNotExists({ id: container.database.id })
    const partitionKey = typeof binding.partitionKey === 'string' ? binding.partitionKey : undefined
    const throughput = Number(binding.containerThroughput)
    await database.containers.createIfNotExists({
      id: container.id,
      ...(partitionKey === undefined ? {} : { partitionKey }),
      ...(throughput > 0 ? { throughput } : {}),
    })
  }
  return {
    name,
    async write(value) {
      const items = itemsOf(value)
      try {
        await upsertAll(container, items)
      } catch (error) {
        if (binding.createIfNotExists !== true || (error as { code?: unknown }).code !== 404) throw error
        await ensure()
        await upsertAll(container, items)
      }
    },
  }
}

async function upsertAll(container: Container, items: readonly object[]): Promise<void> {
  for (const item of items) await container.items.upsert(item, { disableAutomaticIdGeneration: true })
}

function itemsOf(value: TypedData): object[] {
  return valuesOf(value).map(item => {
    if (item === null || typeof item !== 'object') throw new Error(`A Cosmos DB output takes objects, not ${item}.`)
    return item
  })
}

const connectionPolicy = { enableEndpointDiscovery: false, enableBackgroundEndpointRefreshing: false }

/** Opened when it is first used: a wrong container is the invocation's error, not the start's. */
function openContainer(place: BindingPlace): Container {
  const { target } = place
  const { endpoint, key } = findConnection(target.name, textOption(place, 'connection'), target.app.settings)
  const client = new CosmosClient({ endpoint: endpoint.href, key, connectionPolicy })
  return client.database(textOption(place, 'databaseName')).container(textOption(place, 'containerName'))
}
