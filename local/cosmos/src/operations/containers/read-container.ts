import type { Context } from '../../engine.ts'
import type { CosmosAnswer } from '../../exchange.ts'
import { isTrue } from '../../headers.ts'
import { findContainer, single } from './describe-container.ts'

export function readContainer(context: Context): CosmosAnswer {
  const container = findContainer(context)
  const read = single(200, container)
  if (isTrue(context.request.headers['x-ms-documentdb-populatequotainfo'])) {
    read.headers['x-ms-resource-quota'] =
      'functions=25;storedProcedures=100;triggers=25;documentSize=10240;documentsSize=10485760;documentsCount=-1;collectionSize=10485760;'
    read.headers['x-ms-resource-usage'] =
      'functions=0;storedProcedures=0;triggers=0;documentSize=0;documentsSize=0;documentsCount=0;collectionSize=0;'
    read.headers['x-ms-documentdb-collection-index-transformation-progress'] = '100'
  }
  return read
}
