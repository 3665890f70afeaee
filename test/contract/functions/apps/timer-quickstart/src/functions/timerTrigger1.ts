// Stands for the quickstart of a timer trigger, as `func new --template "Timer trigger"` writes it.
import { app, type InvocationContext, type Timer } from '@azure/functions'

export async function timerTrigger1(_timer: Timer, context: InvocationContext): Promise<void> {
  context.log('Timer function processed request.')
}

app.timer('timerTrigger1', {
  schedule: '0 */5 * * * *',
  handler: timerTrigger1,
})
