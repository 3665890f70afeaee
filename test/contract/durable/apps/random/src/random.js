import { app, RetryOptions } from 'durable-functions'

app.activity('tag', {
  handler: ({ tag, fails }) => {
    if (fails) throw new Error(`failed ${tag}`)
    return tag
  },
})

const failures = new Map()
app.activity('flaky', {
  handler: ({ key, tag, failures: wanted }) => {
    const done = failures.get(key) ?? 0
    failures.set(key, done + 1)
    if (done < wanted) throw new Error(`failed ${tag}`)
    return tag
  },
})

app.orchestration('child', function* (context) {
  return yield context.df.callActivity('tag', context.df.getInput())
})

function taskOf({ df }, step, tag) {
  switch (step.kind) {
    case 'activity':
      return df.callActivity('tag', { tag, fails: step.fails })
    case 'child':
      return df.callSubOrchestrator('child', { tag, fails: step.fails })
    case 'retry': {
      const options = new RetryOptions(step.interval, step.attempts)
      return df.callActivityWithRetry('flaky', options, {
        key: `${df.instanceId} ${tag}`,
        tag,
        failures: step.failures,
      })
    }
    case 'timer':
      return df.createTimer(new Date(df.currentUtcDateTime.getTime() + step.milliseconds))
    case 'event':
      return df.waitForExternalEvent(step.name)
    case 'all':
      return df.Task.all(step.steps.map((one, index) => taskOf({ df }, one, `${tag}.${index}`)))
  }
}

/** Plays the program it is given, and answers what each step of it gave. */
app.orchestration('random', function* (context) {
  const { df } = context
  const given = []
  for (const [index, step] of df.getInput().entries()) {
    try {
      if (step.kind !== 'any') {
        given.push({ value: (yield taskOf(context, step, String(index))) ?? null })
        continue
      }
      const tasks = step.steps.map((one, member) => taskOf(context, one, `${index}.${member}`))
      const winner = yield df.Task.any(tasks)
      for (const task of tasks) if (step.cancels && task.cancel && !task.isCompleted) task.cancel()
      given.push({
        winner: tasks.indexOf(winner),
        value: winner.isFaulted ? winner.result.message : (winner.result ?? null),
      })
    } catch (error) {
      given.push({ failed: error.message })
    }
  }
  return given
})

/** A retried call beside a time limit, as one would write it. */
app.orchestration('retryBesideLimit', function* (context) {
  const work = taskOf(context, { kind: 'retry', interval: 1000, attempts: 3, failures: 1 }, 'work')
  const limit = taskOf(context, { kind: 'timer', milliseconds: 60_000 }, 'limit')
  const winner = yield context.df.Task.any([work, limit])
  if (winner === work) limit.cancel()
  return yield context.df.callActivity('tag', { tag: 'after' })
})
