import { app } from '@azure/functions'

app.http('everything', {
  methods: ['GET', 'POST'],
  authLevel: 'anonymous',
  route: '{*rest}',
  handler: request => ({ body: `everything: ${request.params.rest ?? ''}` }),
})

app.eventGrid('receive', {
  handler: (event, context) => {
    context.log('event', event.id)
  },
})
