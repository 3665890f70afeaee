import { app } from '@azure/functions'

app.timer('tick', {
  schedule: '%SCHEDULE%',
  runOnStartup: true,
  handler: async (timer, context) => {
    context.log('tick', JSON.stringify(timer))
  },
})
