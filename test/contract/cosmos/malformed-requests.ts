import { createHmac } from 'node:crypto'
import { parseAddress } from '../../../local/cosmos/src/address.ts'
import type { Random } from '../../simulation/random.ts'
import { templates } from './sound-requests.ts'

type Draft = { method: string; path: string; headers: Record<string, string>; body: Buffer }
/** All the server reads of a request, and some it does not. */
const headerNames = [
  ...new Set(templates.flatMap(({ headers = {} }) => Object.keys(headers))),
  ...['x-ms-start-epk', 'x-ms-end-epk', 'x-ms-continuation', 'x-ms-documentdb-query-enablecrosspartition'],
  ...['x-ms-documentdb-populatequerymetrics', 'x-ms-session-token', 'x-ms-version', 'x-ms-date', 'date', 'host'],
]
const names = ['__proto__', 'constructor', 'prototype', 'hasOwnProperty', 'toString', 'valueOf', '__defineGetter__']
const deep = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`
const token = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const texts = [
  ...[
    '',
    ' ',
    '-1',
    '0',
    '1e999',
    'NaN',
    '2147483648',
    'null',
    'true',
    '[',
    '{}',
    '[]',
    '[{}]',
    '[[]]',
    '[1,2]',
    '[null]',
  ],
  ...[
    '"',
    '"\\ud800"',
    '["\\ud800"]',
    `["${'y'.repeat(3000)}"]`,
    '["__proto__"]',
    '{"__proto__":1}',
    deep(5_000),
    '*',
    '"*"',
  ],
  ...[
    '/',
    '//',
    '\\',
    '../..',
    'ä',
    '\u0000',
    '\ud800',
    'A'.repeat(9_000),
    'Full-Fidelity Feed',
    'FF',
    'Infinity',
    '%',
    '%41',
  ],
  ...[token({ by: 'scan' }), token({ by: 'order', values: 1 }), token([]), token(null)],
  ...[token({ by: 7 }), token({ by: 'constructor' }), token({ by: 'toString' })],
  ...names,
]
/** Stands for arrays so deep that whoever writes them out runs out of stack. */
const BOTTOMLESS = 'bottomless'
const values: unknown[] = [
  BOTTOMLESS,
  BOTTOMLESS,
  ...[null, true, 0, -1, 1.5, 1e308, 2 ** 53, '', 'text', [], {}, [[]], [null], { a: 1 }, JSON.parse(deep(3_000))],
  ...[JSON.parse('{"__proto__": {"a": 1}, "constructor": 2}'), ...texts],
]
const segments = [
  '%',
  '%zz',
  '%c3%28',
  '%00',
  '%2f',
  '%5c',
  '..',
  '',
  ' ',
  '?',
  'a'.repeat(5_000),
  'ÿ',
  'sprocs',
  'users',
  'docs',
  ...names,
]
const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'TRACE', 'MERGE', 'PROPFIND', 'LINK']

/** A request as the bytes on the wire. `isSound` = HTTP by its framing, whatever it says. */
export type Malformed = { wire: Buffer; text: string; method: string; isSound: boolean }

/** Something wrong with a request that is sound otherwise, and signed, so that it comes past the door. */
export function malformed(random: Random, secret: string): Malformed {
  const template = random.pick(templates)
  const [method = '', path = ''] = template.on.split(' ')
  const body = Buffer.from(template.body === undefined ? '' : JSON.stringify(template.body))
  const draft: Draft = { method, path, headers: { ...template.headers }, body }
  for (let wrongs = random.between(1, 3); wrongs > 0; wrongs--)
    random.pick([wrongHeader, wrongHeader, wrongBody, wrongValue, wrongValue, wrongPath, wrongMethod])(draft, random)
  if (/^DELETE \/dbs\/[^/]*(\/colls(\/[^/]*)?)?\/*$/.test(`${draft.method} ${draft.path}`)) draft.method = 'GET'
  return written(draft, random, secret)
}

function wrongHeader({ headers }: Draft, random: Random): void {
  headers[random.pick(headerNames)] = random.pick(texts)
}

function wrongMethod(draft: Draft, random: Random): void {
  draft.method = random.pick(methods)
}

function wrongPath(draft: Draft, random: Random): void {
  const parts = draft.path.split('/')
  const at = random.between(0, parts.length)
  parts.splice(at, random.between(0, 1), ...(random.chance(0.8) ? [random.pick(segments)] : []))
  draft.path = `/${parts.join('/').replace(/^\/+/, '')}`
}

function wrongBody(draft: Draft, random: Random): void {
  const { body } = draft
  const at = random.between(0, body.length)
  const others = [
    '',
    '\u0000',
    '{',
    '"',
    'null',
    '[]',
    '1',
    '{}',
    '[{}]',
    deep(50_000),
    '{"a":'.repeat(20_000),
    '\ufeff{}',
  ]
  if (random.chance(0.3)) draft.body = body.subarray(0, at)
  else if (random.chance(0.4))
    draft.body = Buffer.concat([body.subarray(0, at), Buffer.from([0xff, 0xc3, 0x28, 0]), body.subarray(at)])
  else draft.body = Buffer.from(random.pick(others))
}

/** Bytes of a body that is changed inside: what is longer is so deep that it cannot be written again. */
const LONGEST_CHANGED = 20_000

/** Another value, or a further property, somewhere in the body. */
function wrongValue(draft: Draft, random: Random): void {
  if (draft.body.length > LONGEST_CHANGED) return
  let root: unknown
  try {
    root = JSON.parse(draft.body.toString())
  } catch {
    return
  }
  const places: { owner: Record<string, unknown>; name: string }[] = []
  const visit = (owner: unknown) => {
    if (typeof owner !== 'object' || owner === null || places.length > 50) return
    for (const name of Object.keys(owner)) {
      places.push({ owner: owner as Record<string, unknown>, name })
      visit((owner as Record<string, unknown>)[name])
    }
    places.push({ owner: owner as Record<string, unknown>, name: random.pick(names) })
  }
  visit(root)
  if (places.length === 0) return
  const { owner, name } = random.pick(places)
  Object.defineProperty(owner, name, {
    value: random.pick(values),
    enumerable: true,
    configurable: true,
    writable: true,
  })
  draft.body = Buffer.from(JSON.stringify(root).replace(`"${BOTTOMLESS}"`, deep(20_000)))
}

function written({ method, path, headers, body }: Draft, random: Random, secret: string): Malformed {
  const date = random.chance(0.03) ? random.pick(texts) : new Date().toUTCString()
  const all: Record<string, string> = { host: 'localhost', 'x-ms-date': date, ...headers }
  all.authorization = random.chance(0.03)
    ? random.pick(texts)
    : signed(method, path, { date: all['x-ms-date'] ?? '', secret })
  all['content-length'] = String(body.length)
  all.connection = 'close'
  // Some of what is in the lists cannot stand in a header or a path: then this is no HTTP, and the server may hang up.
  const isSound =
    /^[\x21-\x7e]+$/.test(path) && Object.values(all).every(text => /^[\t\x20-\x7e\x80-\xff]*$/.test(text))
  const lines = Object.entries(all).map(([name, text]) => `${name}: ${text}\r\n`)
  const text = `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`
  return {
    wire: Buffer.concat([Buffer.from(text, 'latin1'), body]),
    text,
    method,
    isSound: isSound && text.length < 15_000,
  }
}

function signed(method: string, path: string, { date, secret }: { date: string; secret: string }): string {
  let address = { type: '', links: [''] }
  try {
    address = parseAddress(path)
  } catch {
    // Nobody can sign what cannot be read.
  }
  const payload = `${method.toLowerCase()}\n${address.type}\n${address.links[0]}\n${date.toLowerCase()}\n\n`
  const signature = createHmac('sha256', Buffer.from(secret, 'base64')).update(payload).digest('base64')
  return encodeURIComponent(`type=master&ver=1.0&sig=${signature}`)
}
