// The pattern of the Cosmos DB quickstart in TypeScript: a change feed trigger whose names come from settings.
import { app, type InvocationContext } from '@azure/functions'

async function changed(documents: unknown[], context: InvocationContext): Promise<void> {
  context.log(`Documents modified: ${documents.length}`)
  for (const document of documents as { id: string }[]) context.log(`Id: ${document.id}`)
}

app.cosmosDB('changed', {
  connection: 'COSMOS_CONNECTION',
  databaseName: '%COSMOS_DATABASE_NAME%',
  containerName: '%COSMOS_CONTAINER_NAME%',
  createLeaseContainerIfNotExists: true,
  startFromBeginning: true,
  handler: changed,
})
