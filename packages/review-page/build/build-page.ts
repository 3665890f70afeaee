import { copyFile, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { type Configuration, readConfiguration } from '../src/configuration.ts'

const at = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url))

/** Makes the page in this folder: a static site with its headers, for one deployment. */
export async function buildPage(folder: string, configuration: Configuration): Promise<void> {
  await mkdir(folder, { recursive: true })
  await Promise.all([
    build({
      entryPoints: [at('src/page.tsx')],
      outfile: join(folder, 'page.js'),
      bundle: true,
      minify: true,
      format: 'esm',
      target: 'es2022',
      jsx: 'automatic',
      jsxImportSource: 'preact',
      legalComments: 'none',
      logLevel: 'warning',
    }),
    build({
      entryPoints: [at('site/page.css')],
      outfile: join(folder, 'page.css'),
      bundle: true,
      minify: true,
      logLevel: 'warning',
    }),
    ...['index.html', 'icon.svg'].map(name => copyFile(at(`site/${name}`), join(folder, name))),
    writeJson(join(folder, 'config.json'), readConfiguration(configuration)),
    writeJson(join(folder, 'staticwebapp.config.json'), siteRules(configuration)),
  ])
}

/** The rules of Azure Static Web Apps for this page. Nothing is loaded from elsewhere, and nothing may frame it. */
function siteRules({ api, identity }: Configuration) {
  const others = identity.kind === 'entra' ? [api, identity.authority] : [api]
  const reached = others.flatMap(address => (address === '' ? [] : [new URL(address).origin]))
  const policy = {
    'default-src': ["'none'"],
    'script-src': ["'self'"],
    'style-src': ["'self'"],
    'img-src': ["'self'"],
    'connect-src': ["'self'", ...new Set(reached)],
    'base-uri': ["'none'"],
    'form-action': ["'none'"],
    'frame-ancestors': ["'none'"],
  }
  const directives = Object.entries(policy).map(([name, sources]) => `${name} ${sources.join(' ')}`)
  return {
    globalHeaders: {
      'content-security-policy': directives.join('; '),
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'permissions-policy': 'camera=(), microphone=(), geolocation=(), payment=()',
      'cache-control': 'no-cache',
    },
    navigationFallback: { rewrite: '/index.html', exclude: ['/*.{js,css,svg,json}'] },
  }
}

const writeJson = (file: string, value: unknown) => writeFile(file, `${JSON.stringify(value, null, 2)}\n`)
