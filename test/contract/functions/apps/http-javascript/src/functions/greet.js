// The pattern of the HTTP quickstart in JavaScript: CommonJS, a function per file, the name in the query or the body.
const { app } = require('@azure/functions')

app.http('greet', {
  methods: ['GET', 'POST'],
  authLevel: 'anonymous',
  handler: async (request, context) => {
    context.log(`Http function processed request for url "${request.url}"`)

    const name = request.query.get('name') || (await request.text()) || 'world'

    return { body: `Hello, ${name}!` }
  },
})
