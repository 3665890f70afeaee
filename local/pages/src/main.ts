import { app, type HttpRequest } from '@azure/functions'
import { readRules, serveFile } from './site.ts'

const folder = setting('PAGES_FOLDER')
const route = setting('PAGES_ROUTE')
const rules = await readRules(folder)

app.http('pages', {
  methods: ['GET', 'HEAD'],
  route: `${route}/{*path}`,
  authLevel: 'anonymous',
  handler: async (request: HttpRequest) => {
    const { pathname, search } = new URL(request.url)
    // Without the last slash the page's own files would be looked for beside its folder.
    if (pathname === `/${route}`) return { status: 308, headers: { location: `/${route}/${search}` } }
    return serveFile(folder, rules, request.params.path ?? '')
  },
})

function setting(name: string): string {
  const value = process.env[name]
  if (!value) throw new Error(`the setting ${name} is missing`)
  return value
}
