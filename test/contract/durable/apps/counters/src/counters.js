import { app, EntityId } from 'durable-functions'

app.entity('Counter', context => {
  const { df } = context
  const value = df.getState(() => 0)
  switch (df.operationName) {
    case 'add':
      df.setState(value + df.getInput())
      break
    case 'get':
      df.return(value)
      break
    case 'delete':
      df.destructOnExit()
      break
    case 'fail':
      throw new Error('not countable')
    case 'forward':
      df.signalEntity(new EntityId('Counter', df.getInput().to), 'add', value)
      break
  }
})

app.orchestration('count', function* (context) {
  const counter = new EntityId('Counter', context.df.getInput().key)
  yield context.df.callEntity(counter, 'add', 5)
  yield context.df.callEntity(counter, 'add', 3)
  return yield context.df.callEntity(counter, 'get')
})

app.orchestration('signalThenCall', function* (context) {
  const counter = new EntityId('Counter', 'signalled')
  context.df.signalEntity(counter, 'add', 40)
  context.df.signalEntity(counter, 'add', 2)
  const read = yield context.df.callEntity(counter, 'get')
  const done = yield context.df.callActivity('echo', read)
  return done
})

app.orchestration('callsThatFail', function* (context) {
  const counter = new EntityId('Counter', 'failing')
  try {
    yield context.df.callEntity(counter, 'fail')
    return 'not failed'
  } catch (error) {
    return `failed: ${error.message}`
  }
})

app.orchestration('manyAtOnce', function* (context) {
  const counter = new EntityId('Counter', 'many')
  yield context.df.Task.all([1, 2, 3, 4].map(number => context.df.callEntity(counter, 'add', number)))
  return yield context.df.callEntity(counter, 'get')
})

app.orchestration('unknownEntity', function* (context) {
  yield context.df.callEntity(new EntityId('Nobody', 'x'), 'get')
})

app.orchestration('signalUnknown', function* (context) {
  context.df.signalEntity(new EntityId('Nobody', 'x'), 'get')
  yield context.df.callActivity('echo', 1)
})

app.orchestration('locks', function* (context) {
  yield context.df.lock(new EntityId('Counter', 'a'))
})

app.activity('echo', { handler: input => input })
