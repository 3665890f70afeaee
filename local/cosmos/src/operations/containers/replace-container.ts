import type { Context } from '../../engine.ts'
import { badRequest, CosmosError } from '../../errors.ts'
import type { CosmosAnswer } from '../../exchange.ts'
import { parseDefinition } from '../../partition-key/definition.ts'
import { objectBody } from '../../request-body.ts'
import { containerDefinition, newEtag } from './definitions.ts'
import { findContainer, single } from './describe-container.ts'

/** Changes policies in place; the items stay. Id, partition key and unique keys can never change. */
export function replaceContainer(context: Context): CosmosAnswer {
  const container = findContainer(context)
  const body = objectBody(context.request.body)
  const definition = containerDefinition({ ...body, partitionKey: body.partitionKey ?? null })
  const { record } = container
  if (definition.id !== container.id) throw badRequest('Replacing the id of a container is not possible.')
  if (JSON.stringify(parseDefinition(definition.partitionKey)) !== JSON.stringify(record.partitionKey)) {
    throw badRequest('Document collection partition key cannot be changed.')
  }
  if (
    JSON.stringify(definition.uniqueKeyPolicy ?? null) !== JSON.stringify(record.definition.uniqueKeyPolicy ?? null)
  ) {
    throw new CosmosError(403, 'Unique keys cannot be added, changed or dropped after a container was created.')
  }
  container.change({ definition, etag: newEtag(), ts: Math.floor(context.engine.now() / 1000) })
  return single(200, container)
}
