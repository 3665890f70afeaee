import { app } from '@azure/functions'

app.eventGrid('receive', {
  handler: async (event, context) => {
    context.log('event', JSON.stringify(event))
    if (event.subject === 'fails') throw new Error('cannot take it')
  },
})
