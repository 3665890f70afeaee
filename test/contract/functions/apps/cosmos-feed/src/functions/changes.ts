import { app, type InvocationContext } from '@azure/functions'

interface Item {
  id: string
  pk: string
  number: number
}

/** Says what arrived, so that the test sees it. */
async function changes(documents: unknown[], context: InvocationContext): Promise<void> {
  const items = documents as Item[]
  context.log('batch', items.map(item => `${item.pk}/${item.number}`).join(' '))
  if (items.some(item => item.id === 'poison')) throw new Error('poison')
  if (items.some(item => item.id === 'slow')) await new Promise(resolve => setTimeout(resolve, 400))
  context.log('through', items.map(item => `${item.pk}/${item.number}`).join(' '))
}

app.cosmosDB('changes', {
  connection: 'COSMOS',
  databaseName: '%DATABASE%',
  containerName: 'items',
  leaseContainerName: 'leases',
  startFromBeginning: process.env.FROM_NOW !== 'true',
  maxItemsPerInvocation: 3,
  feedPollDelay: 10,
  leaseAcquireInterval: 50,
  leaseRenewInterval: 50,
  leaseExpirationInterval: 500,
  handler: changes,
})
