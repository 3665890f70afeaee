// Stands for the quickstart of a queue trigger, as `func new --template "Azure Queue Storage trigger"` writes it.
import { app, type InvocationContext } from '@azure/functions'

export async function storageQueueTrigger1(queueItem: unknown, context: InvocationContext): Promise<void> {
  context.log('Storage queue function processed work item:', queueItem)
}

app.storageQueue('storageQueueTrigger1', {
  queueName: 'js-queue-items',
  connection: 'AzureWebJobsStorage',
  handler: storageQueueTrigger1,
})
