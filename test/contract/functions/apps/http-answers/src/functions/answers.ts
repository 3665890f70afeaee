import { app, type HttpRequest, type HttpResponseInit, type InvocationContext } from '@azure/functions'

app.http('item', {
  route: 'items/{id:int}/{part?}',
  authLevel: 'anonymous',
  methods: ['GET'],
  handler: async request => ({ jsonBody: request.params }),
})

app.http('itemByName', {
  route: 'items/{name}',
  authLevel: 'anonymous',
  methods: ['GET', 'DELETE'],
  handler: async request => ({ jsonBody: { byName: request.params.name } }),
})

app.http('newest', {
  route: 'items/newest',
  authLevel: 'anonymous',
  methods: ['GET'],
  handler: async () => ({ body: 'newest' }),
})

app.http('files', {
  route: 'files/{*path}',
  authLevel: 'anonymous',
  methods: ['GET'],
  handler: async request => ({ jsonBody: request.params }),
})

async function echo(request: HttpRequest, context: InvocationContext): Promise<HttpResponseInit> {
  const body = await request.text()
  return {
    status: 201,
    headers: { 'x-trace': context.traceContext?.traceParent ?? '' },
    cookies: [{ name: 'taste', value: 'sweet', httpOnly: true, maxAge: 60 }],
    jsonBody: {
      body,
      query: Object.fromEntries(request.query),
      header: request.headers.get('x-given'),
      url: request.url,
    },
  }
}

app.http('echo', { authLevel: 'anonymous', methods: ['POST'], handler: echo })

app.http('throws', {
  authLevel: 'anonymous',
  methods: ['GET'],
  handler: async () => {
    throw new Error('a secret reason')
  },
})

app.http('nothing', {
  authLevel: 'anonymous',
  methods: ['GET'],
  handler: async () => undefined as unknown as HttpResponseInit,
})

app.http('text', {
  authLevel: 'anonymous',
  methods: ['GET'],
  handler: async () => 'a string is no answer' as unknown as HttpResponseInit,
})

app.http('withKey', { authLevel: 'function', methods: ['GET'], handler: async () => ({ body: 'open' }) })
app.http('forAdmin', { authLevel: 'admin', methods: ['GET'], handler: async () => ({ body: 'open' }) })

app.http('late', {
  authLevel: 'anonymous',
  methods: ['GET'],
  handler: async () => {
    try {
      app.http('tooLate', { handler: async () => ({}) })
      return { body: 'registered' }
    } catch (error) {
      return { body: error instanceof Error ? error.message : '' }
    }
  },
})

app.http('slow', {
  authLevel: 'anonymous',
  methods: ['GET'],
  handler: async (_, context) => {
    context.log('slow has begun')
    await new Promise(resolve => setTimeout(resolve, 300))
    return { body: 'done' }
  },
})
