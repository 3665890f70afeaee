import { app, RetryOptions } from 'durable-functions'
import { activities, programs } from '../../../opinion-programs.ts'

for (const [name, activity] of Object.entries(activities)) app.activity(name, { handler: input => activity(input) })

for (const [name, program] of Object.entries(programs)) {
  app.orchestration(name, function* (context) {
    const { df } = context
    const tools = {
      activity: (called, input) => df.callActivity(called, input),
      retried: (called, input, attempts) => df.callActivityWithRetry(called, new RetryOptions(10, attempts), input),
      timer: milliseconds => df.createTimer(new Date(df.currentUtcDateTime.getTime() + milliseconds)),
      event: wanted => df.waitForExternalEvent(wanted),
      child: (called, input) => df.callSubOrchestrator(called, input),
      all: tasks => df.Task.all(tasks),
      any: tasks => df.Task.any(tasks),
      cancel: timer => timer.cancel(),
      valueOf: task => task.result,
      continueAsNew: input => df.continueAsNew(input),
    }
    return yield* program(tools, df.getInput())
  })
}
