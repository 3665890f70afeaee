import { app } from '@azure/functions'
import * as df from 'durable-functions'

const clientInput = df.input.durableClient()

/** Calls the real client as a test says, over its own door or over the webhook addresses. */
app.http('client', {
  methods: ['POST'],
  authLevel: 'anonymous',
  extraInputs: [clientInput],
  handler: async (request, context) => {
    const { method, args, way } = await request.json()
    if (way === 'webhook') {
      const { rpcBaseUrl, ...others } = context.extraInputs.get(clientInput)
      context.extraInputs.set(clientInput, others)
    }
    const client = df.getClient(context)
    try {
      return { jsonBody: { value: (await client[method](...args.map(revived))) ?? null } }
    } catch (error) {
      return { status: 422, jsonBody: { error: error.message } }
    }
  },
})

const revived = value => {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, /^createdTime/.test(name) ? new Date(member) : member]),
  )
}

app.http('start', {
  methods: ['POST'],
  authLevel: 'anonymous',
  route: 'start/{name}',
  extraInputs: [clientInput],
  handler: async (request, context) => {
    const client = df.getClient(context)
    const id = await client.startNew(request.params.name, { input: await request.json() })
    return client.createCheckStatusResponse(request, id)
  },
})

app.http('startAndWait', {
  methods: ['POST'],
  authLevel: 'anonymous',
  route: 'start-and-wait/{name}',
  extraInputs: [clientInput],
  handler: async (request, context) => {
    const client = df.getClient(context)
    const id = await client.startNew(request.params.name, { input: await request.json() })
    const times = { timeoutInMilliseconds: 5_000, retryIntervalInMilliseconds: 10 }
    return client.waitForCompletionOrCreateCheckStatusResponse(request, id, times)
  },
})

df.app.activity('double', { handler: number => number * 2 })

df.app.activity('mayHang', {
  handler: async (input, context) => {
    context.log(`at work on ${input}`)
    if (process.env.HANG === '1' && input === 2) await new Promise(() => {})
    return input
  },
})

df.app.orchestration('work', function* (context) {
  const done = []
  for (const number of [1, 2, 3]) done.push(yield context.df.callActivity('mayHang', number))
  return done
})

df.app.orchestration('chain', function* (context) {
  const once = yield context.df.callActivity('double', context.df.getInput())
  return yield context.df.callActivity('double', once)
})

df.app.orchestration('wait', function* (context) {
  return yield context.df.waitForExternalEvent('go')
})

df.app.orchestration('fail', function* (context) {
  yield context.df.callActivity('double', 1)
  throw new Error('on purpose')
})

df.app.entity('Counter', context => {
  context.df.setState(context.df.getState(() => 0) + context.df.getInput())
})
