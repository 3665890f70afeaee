// Stands for the quickstart of a polling blob trigger, as `func new --template "Azure Blob Storage trigger"` writes it.
import { app, type InvocationContext } from '@azure/functions'

export async function storageBlobTrigger1(blob: Buffer, context: InvocationContext): Promise<void> {
  context.log(`Storage blob function processed blob "${context.triggerMetadata?.name}" with size ${blob.length} bytes`)
}

app.storageBlob('storageBlobTrigger1', {
  path: 'samples-workitems/{name}',
  connection: 'AzureWebJobsStorage',
  handler: storageBlobTrigger1,
})
