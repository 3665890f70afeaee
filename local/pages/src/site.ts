import { readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'

/** What a static site answers. */
export type Served = {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body?: Uint8Array
}

/** The part of `staticwebapp.config.json` that is heeded here; anything else in it is refused by name. */
export type SiteRules = {
  readonly globalHeaders?: Readonly<Record<string, string>>
  readonly mimeTypes?: Readonly<Record<string, string>>
  readonly navigationFallback?: { readonly rewrite: string; readonly exclude?: readonly string[] }
}

const RULES = 'staticwebapp.config.json'
const heeded = ['globalHeaders', 'mimeTypes', 'navigationFallback']

const mimeTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
}

/** Reads the rules of a site. Throws for a rule that Azure Static Web Apps would follow and this would not. */
export async function readRules(folder: string): Promise<SiteRules> {
  const text = await readFile(join(folder, RULES), 'utf8').catch(() => '{}')
  const rules = JSON.parse(text) as SiteRules
  const other = Object.keys(rules).find(name => !heeded.includes(name))
  if (other !== undefined) throw new Error(`${RULES}: ${other} is not heeded here`)
  return rules
}

/** Answers with the file at this path, below the folder and nowhere else. */
export async function serveFile(folder: string, rules: SiteRules, path: string): Promise<Served> {
  const wanted = path === '' || path.endsWith('/') ? `${path}index.html` : path
  const fallback = rules.navigationFallback
  const found = await fileAt(folder, wanted)
  const excluded = fallback?.exclude?.some(pattern => matches(pattern, `/${wanted}`)) ?? false
  const instead = found || fallback === undefined || excluded ? undefined : fallback.rewrite.replace(/^\//, '')
  const body = found ?? (instead === undefined ? undefined : await fileAt(folder, instead))
  const shared = { 'cache-control': 'no-cache', ...rules.globalHeaders }
  if (body === undefined) return { status: 404, headers: { ...shared, 'content-type': 'text/plain; charset=utf-8' } }
  const extension = extname(instead ?? wanted)
  const type = rules.mimeTypes?.[extension] ?? mimeTypes[extension] ?? 'application/octet-stream'
  return { status: 200, headers: { ...shared, 'content-type': type }, body }
}

async function fileAt(folder: string, path: string): Promise<Uint8Array | undefined> {
  const steps = path.split('/')
  const outside = steps.some(step => step === '..' || step === '.' || step === '' || /[\\\0]/.test(step))
  if (outside || path === RULES) return undefined
  return readFile(join(folder, ...steps)).catch(() => undefined)
}

/** A pattern as Static Web Apps has them: `*` at the end, and alternatives in braces. */
function matches(pattern: string, path: string): boolean {
  const escaped = pattern.replace(/[.+^$()|[\]\\]/g, '\\$&')
  const alternatives = escaped.replace(/\{([^}]*)\}/g, (_, names: string) => `(${names.split(',').join('|')})`)
  return new RegExp(`^${alternatives.replaceAll('*', '.*')}$`).test(path)
}
