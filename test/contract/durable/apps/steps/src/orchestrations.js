import { app, RetryOptions } from 'durable-functions'

const inSeconds = (context, seconds) => new Date(context.df.currentUtcDateTime.getTime() + seconds * 1000)

// biome-ignore lint/correctness/useYield: an orchestration may ask for nothing.
app.orchestration('returnInput', function* (context) {
  return context.df.getInput()
})

app.orchestration('sequence', function* (context) {
  const numbers = []
  for (const number of context.df.getInput()) numbers.push(yield context.df.callActivity('double', number))
  return numbers
})

app.orchestration('fanOut', function* (context) {
  const tasks = context.df.getInput().map(number => context.df.callActivity('double', number))
  return yield context.df.Task.all(tasks)
})

app.orchestration('activityResult', function* (context) {
  const { name, input } = context.df.getInput()
  return { result: yield context.df.callActivity(name, input) }
})

app.orchestration('catchFailure', function* (context) {
  try {
    yield context.df.callActivity('fail', 'luck')
    return 'not failed'
  } catch (error) {
    return error.message
  }
})

app.orchestration('failing', function* (context) {
  yield context.df.callActivity('echo', 1)
  throw new Error('not today')
})

app.orchestration('failWithActivity', function* (context) {
  yield context.df.callActivity('fail', 'luck')
})

app.orchestration('sleep', function* (context) {
  yield context.df.createTimer(inSeconds(context, context.df.getInput().seconds))
  return context.df.currentUtcDateTime.toISOString()
})

app.orchestration('retry', function* (context) {
  const { key, failures, attempts, interval = 1000, coefficient, max, timeout } = context.df.getInput()
  const options = new RetryOptions(interval, attempts)
  if (coefficient) options.backoffCoefficient = coefficient
  if (max) options.maxRetryIntervalInMilliseconds = max
  if (timeout) options.retryTimeoutInMilliseconds = timeout
  try {
    const attempt = yield context.df.callActivityWithRetry('flaky', options, { key, failures })
    const after = yield context.df.callActivity('double', attempt)
    return { attempt, after }
  } catch (error) {
    const after = yield context.df.callActivity('double', 21)
    return { failed: error.message.split('\n')[0].trim(), after }
  }
})

app.orchestration('waitFor', function* (context) {
  const received = []
  for (const name of context.df.getInput()) received.push(yield context.df.waitForExternalEvent(name))
  return received
})

app.orchestration('waitForAll', function* (context) {
  return yield context.df.Task.all(context.df.getInput().map(name => context.df.waitForExternalEvent(name)))
})

app.orchestration('workThenWait', function* (context) {
  yield context.df.callActivity('echo', 1)
  return yield context.df.waitForExternalEvent(context.df.getInput())
})

/** The pattern of every approval: an event or a time limit, and something afterwards. */
app.orchestration('approval', function* (context) {
  const { seconds = 60, cancel = true } = context.df.getInput()
  const before = yield context.df.callActivity('double', 1)
  const approval = context.df.waitForExternalEvent('Approval')
  const limit = context.df.createTimer(inSeconds(context, seconds))
  const winner = yield context.df.Task.any([approval, limit])
  if (winner === limit) return { before, late: yield context.df.callActivity('double', 2) }
  if (cancel) limit.cancel()
  return { before, approved: winner.result, after: yield context.df.callActivity('double', 3) }
})

app.orchestration('parent', function* (context) {
  const { child, input, id } = context.df.getInput()
  try {
    return { child: yield context.df.callSubOrchestrator(child, input, id) }
  } catch (error) {
    return { failed: error.message.split('\n')[0].trim() }
  }
})

app.orchestration('childRetry', function* (context) {
  try {
    yield context.df.callSubOrchestratorWithRetry('failing', new RetryOptions(1000, 2), {})
    return 'not failed'
  } catch (error) {
    return { failed: error.message.split('\n')[0].trim(), after: yield context.df.callActivity('double', 4) }
  }
})

// biome-ignore lint/correctness/useYield: an orchestration may ask for nothing.
app.orchestration('whoIsParent', function* (context) {
  return { parent: context.df.parentInstanceId ?? null, id: context.df.instanceId }
})

app.orchestration('countDown', function* (context) {
  const { left, seen = [] } = context.df.getInput()
  if (left === 0) return seen
  seen.push(yield context.df.callActivity('double', left))
  context.df.continueAsNew({ left: left - 1, seen })
})

// biome-ignore lint/correctness/useYield: an orchestration may ask for nothing.
app.orchestration('continueWithText', function* (context) {
  const input = context.df.getInput()
  if (input !== 'first') return input
  context.df.continueAsNew('next')
})

/** Reads one event in each execution. */
app.orchestration('collect', function* (context) {
  const { wanted, got = [] } = context.df.getInput()
  got.push(yield context.df.waitForExternalEvent('item'))
  yield context.df.callActivity('echo', got.length)
  if (got.length === wanted) return got
  context.df.continueAsNew({ wanted, got })
})

app.orchestration('continueWithOpenTimer', function* (context) {
  const { round } = context.df.getInput()
  if (round === 2) return 'second round'
  const limit = context.df.createTimer(inSeconds(context, 5 * 3600))
  yield context.df.Task.any([context.df.waitForExternalEvent('go'), limit])
  context.df.continueAsNew({ round: 2 })
})

app.orchestration('endWithOpenTimer', function* (context) {
  const { how } = context.df.getInput()
  const limit = context.df.createTimer(inSeconds(context, 3600))
  yield context.df.Task.any([context.df.callActivity('echo', 1), limit])
  if (how === 'cancel') limit.cancel()
  if (how === 'fail') throw new Error('failed with an open timer')
  return 'ended'
})

app.orchestration('status', function* (context) {
  context.df.setCustomStatus({ step: 1 })
  yield context.df.callActivity('echo', 1)
  context.df.setCustomStatus({ step: 2 })
  yield context.df.waitForExternalEvent('go')
  if (context.df.getInput()?.again) return context.df.continueAsNew({})
  return 'done'
})

app.orchestration('largeStatus', function* (context) {
  context.df.setCustomStatus('x'.repeat(9000))
  yield context.df.callActivity('echo', 1)
})

app.orchestration('misspelled', function* (context) {
  yield context.df.callActivity('doubel', 1)
})

app.orchestration('letterCase', function* (context) {
  return yield context.df.callActivity('DOUBLE', 4)
})

app.orchestration('callsHttp', function* (context) {
  yield context.df.callHttp({ method: 'GET', url: 'http://localhost/' })
})

app.orchestration('yieldsNothing', function* () {
  yield undefined
})

app.orchestration('guids', function* (context) {
  const first = context.df.newGuid('x')
  yield context.df.callActivity('echo', 1)
  return [first, context.df.newGuid('x')]
})

/** Different in each version: the test switches between them. */
app.orchestration('changing', function* (context) {
  if (process.env.CODE_VERSION === '1') yield context.df.callActivity('echo', 1)
  if (process.env.CODE_VERSION === '2') yield context.df.callActivity('double', 1)
  if (process.env.CODE_VERSION === '3') yield context.df.createTimer(inSeconds(context, 1))
  if (process.env.CODE_VERSION === '4') return 'skipped'
  return yield context.df.waitForExternalEvent('go')
})

app.orchestration('allWithFailure', function* (context) {
  try {
    yield context.df.Task.all([context.df.callActivity('fail', 'one'), context.df.waitForExternalEvent('never')])
  } catch (error) {
    return error.message.split('\n')[0].trim()
  }
})

app.orchestration('waitAgain', function* (context) {
  const received = []
  for (let round = 0; round < context.df.getInput(); round++) {
    const event = context.df.waitForExternalEvent('tick')
    const limit = context.df.createTimer(inSeconds(context, 10))
    const winner = yield context.df.Task.any([event, limit])
    if (winner === event) limit.cancel()
    received.push(winner === event ? event.result : 'late')
  }
  return received
})
