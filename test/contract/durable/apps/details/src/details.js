import { app, RetryOptions, TaskFailedError } from 'durable-functions'

class LimitError extends Error {
  constructor(limit) {
    super('above the limit')
    this.name = 'LimitError'
    this.limit = limit
  }
}

app.setExceptionPropertiesProvider({
  getExceptionProperties: error => (error instanceof LimitError ? { limit: error.limit } : undefined),
})

app.activity('spend', {
  handler: limit => {
    throw new LimitError(limit)
  },
})

app.activity('never', {
  handler: () => {
    throw new Error(JSON.stringify({ errorType: 'Final', errorMessage: 'never again', isNonRetriable: true }))
  },
})

app.activity('echo', { handler: input => input })

app.orchestration('spending', function* (context) {
  try {
    return yield context.df.callActivity('spend', 100)
  } catch (error) {
    const { errorType, errorMessage, properties } = error.failureDetails
    return { known: error instanceof TaskFailedError, errorType, errorMessage, properties, task: error.taskName }
  }
})

app.orchestration('failing', function* (context) {
  yield context.df.callActivity('spend', 5)
})

app.orchestration('parent', function* (context) {
  try {
    yield context.df.callSubOrchestrator('failing', {})
  } catch (error) {
    return { errorType: error.failureDetails.errorType, properties: error.failureDetails.properties }
  }
})

app.orchestration('retryingInVain', function* (context) {
  try {
    yield context.df.callActivityWithRetry('never', new RetryOptions(1000, 3))
  } catch {
    return yield context.df.callActivity('echo', 'given up')
  }
})
