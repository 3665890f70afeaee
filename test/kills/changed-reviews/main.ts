import { activities } from '@remit/functions-reviews/review-transfer'
import * as df from 'durable-functions'

const register = df.app.orchestration

/** One more look at the very beginning: what was recorded before no longer fits. */
function changed(name: string, handler: df.OrchestrationHandler) {
  if (name !== 'reviewTransfer') return register(name, handler)
  return register(name, function* orchestrate(context) {
    yield context.df.callActivity(activities.look, context.df.getInput())
    return yield* handler(context)
  })
}
Object.assign(df.app, { orchestration: changed })

await import('@remit/functions-reviews/main')
