import { parseArgs } from 'node:util'
import { readConfiguration } from '../src/configuration.ts'
import { buildPage } from './build-page.ts'

const { values } = parseArgs({
  options: {
    out: { type: 'string', default: 'dist' },
    api: { type: 'string', default: '' },
    authority: { type: 'string' },
    client: { type: 'string' },
    scope: { type: 'string' },
  },
})
const { out, api, authority, client: clientId, scope } = values
const identity = authority === undefined ? { kind: 'local' } : { kind: 'entra', authority, clientId, scope }
await buildPage(out, readConfiguration({ api, identity }))
console.log(`The page is in ${out}.`)
