// The pattern of the Event Grid blob quickstart: Event Grid says that a blob is there, instead of a look into its container.
const { app } = require('@azure/functions')

app.storageBlob('uploaded', {
  path: 'samples-workitems/{name}',
  connection: 'MyStorageAccountAppSetting',
  source: 'EventGrid',
  handler: (blob, context) => {
    context.log(`Storage blob function processed blob "${context.triggerMetadata.name}" with size ${blob.length} bytes`)
  },
})
