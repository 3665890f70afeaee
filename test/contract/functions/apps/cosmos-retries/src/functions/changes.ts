import { app, type InvocationContext } from '@azure/functions'

let left = Number(process.env.FAILURES)

app.cosmosDB('changes', {
  connection: 'COSMOS',
  databaseName: 'shop',
  containerName: 'items',
  startFromBeginning: true,
  feedPollDelay: 10,
  leaseContainerPrefix: 'retries',
  retry: { strategy: 'fixedDelay', maxRetryCount: Number(process.env.RETRIES), delayInterval: 0 },
  handler: async (documents: unknown[], context: InvocationContext) => {
    context.log('try', documents.length, JSON.stringify(context.retryContext))
    if (left-- > 0) throw new Error('not yet')
    context.log('through', documents.length)
  },
})
