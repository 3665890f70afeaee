import { app } from '@azure/functions'

app.hook.appStart(() => {
  process.env.STARTED_BY_HOOK = 'yes'
})

app.hook.preInvocation(context => {
  context.hookData.from = 'before'
})

app.hook.postInvocation(context => {
  if (context.invocationContext.functionName === 'hooked') {
    context.result = { body: `${context.hookData.from}, then ${(context.result as { body: string }).body}` }
  }
})

app.hook.log(context => {
  if (context.message.includes('password')) context.message = 'hidden'
})

app.http('hooked', {
  authLevel: 'anonymous',
  methods: ['GET'],
  handler: async (_, context) => {
    context.log('the password is 123')
    return { body: `the handler, started: ${process.env.STARTED_BY_HOOK}` }
  },
})
