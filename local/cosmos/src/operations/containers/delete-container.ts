import type { Context } from '../../engine.ts'
import { answer, type CosmosAnswer } from '../../exchange.ts'
import { containerHeaders } from '../../headers.ts'
import { findContainer } from './describe-container.ts'

/** The paths in the answer make clients forget the session of the container that is gone. */
export function deleteContainer(context: Context): CosmosAnswer {
  const container = findContainer(context)
  const headers = containerHeaders(container)
  context.engine.database(context.address.names.dbs).containers.delete(container.id)
  context.engine.catalog.deleteContainer(container)
  return answer(204, undefined, { charge: 4.95, headers })
}
