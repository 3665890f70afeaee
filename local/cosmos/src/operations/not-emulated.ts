import type { Context } from '../engine.ts'
import { CosmosError, notEmulated } from '../errors.ts'
import type { CosmosAnswer } from '../exchange.ts'

const features: Record<string, string> = {
  sprocs: 'Stored procedures',
  triggers: 'Triggers',
  udfs: 'User-defined functions',
  users: 'Users',
  permissions: 'Permissions',
  conflicts: 'The conflict feed',
  clientencryptionkeys: 'Client encryption keys',
  attachments: 'Attachments',
  schemas: 'Schemas',
  media: 'Media',
  topology: 'Topology',
  addresses: 'Direct mode (addresses)',
}

/** The last resort of the route table: says by name what is not there. */
export function refuse({ request, address }: Context): CosmosAnswer {
  const named = address.shape.split('/').findLast(part => Object.hasOwn(features, part))
  if (named !== undefined) throw notEmulated(features[named] as string)
  throw new CosmosError(405, `local-cosmos has no ${request.method} for '/${address.shape}'.`)
}
