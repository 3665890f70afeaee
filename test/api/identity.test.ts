import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Identity, issuerKeys, tokenVerifier } from '@remit/api/http/identity'
import {
  createLocalJWKSet,
  exportJWK,
  exportSPKI,
  generateKeyPair,
  type JWTPayload,
  type JWTVerifyGetKey,
  SignJWT,
} from 'jose'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { NOON } from './whole-app.ts'

const issuer = 'https://issuer.example'
const audience = 'remit'
const SECONDS = NOON / 1000
const good = { sub: 'alice', roles: ['user'], iss: issuer, aud: audience, iat: SECONDS, exp: SECONDS + 600 }
const header = { alg: 'RS256', typ: 'JWT', kid: 'ours' }

type Keys = Awaited<ReturnType<typeof generateKeyPair>>
let ours: Keys
let theirs: Keys
let keys: JWTVerifyGetKey
let now = NOON
let asked = 0
beforeAll(async () => {
  ours = await generateKeyPair('RS256', { extractable: true })
  theirs = await generateKeyPair('RS256', { extractable: true })
  keys = createLocalJWKSet({ keys: [{ ...(await exportJWK(ours.publicKey)), kid: 'ours', alg: 'RS256', use: 'sig' }] })
})

const verifier = (from: JWTVerifyGetKey = keys) => {
  now = NOON
  asked = 0
  const counting: JWTVerifyGetKey = (...all) => {
    asked += 1
    return from(...all)
  }
  return tokenVerifier({ issuer, audience, keys: counting, now: () => now })
}

const signed = (claims: object = {}, told: object = {}, key = ours.privateKey) =>
  new SignJWT({ ...good, ...claims } as JWTPayload).setProtectedHeader({ ...header, ...told }).sign(key)

const encoded = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')

const verdictOn = (token: string | null, verify = verifier()) =>
  verify(token === null ? null : `Bearer ${token}`).then(
    ({ sub, roles }: Identity) => `${sub} ${[...roles]}`,
    (error: { problem?: string }) => error.problem ?? `unexpected: ${error}`,
  )

describe('a token', () => {
  test('that is right says who it is, and in which roles', async () => {
    expect(await verdictOn(await signed())).toBe('alice user')
    expect(await verdictOn(await signed({ roles: ['auditor', 'user', 'root', 'user'] }))).toBe('alice user,auditor')
    expect(await verdictOn(await signed({ roles: undefined }))).toBe('alice ')
    expect(await verdictOn(await signed({ roles: [] }))).toBe('alice ')
    expect(await verdictOn(await signed({ aud: ['other', audience] }))).toBe('alice user')
  })

  test.each<[string, object, object?]>([
    ['expired', { exp: SECONDS - 1 }],
    ['expired this very second', { exp: SECONDS }],
    ['not yet valid', { nbf: SECONDS + 60 }],
    ['without an end', { exp: undefined }],
    ['with an end that is text', { exp: 'tomorrow' }],
    ['of another issuer', { iss: 'https://issuer.example.evil' }],
    ['of no issuer', { iss: undefined }],
    ['for another audience', { aud: 'remit2' }],
    ['for no audience', { aud: undefined }],
    ['for many others', { aud: ['a', 'b'] }],
    ['without a subject', { sub: undefined }],
    ['with an empty subject', { sub: '' }],
    ['whose subject is a number', { sub: 7 }],
    ['whose subject is endless', { sub: 'x'.repeat(201) }],
    ['whose roles are a text', { roles: 'operator' }],
    ['whose roles are an object', { roles: { 0: 'operator' } }],
    ['whose roles are numbers', { roles: [1] }],
    ['whose roles are nothing', { roles: null }],
    ['of another type', {}, { typ: 'at+jwt' }],
    ['of no type', {}, { typ: undefined }],
    ['of a key nobody knows', {}, { kid: 'unknown' }],
  ])('%s is refused', async (_what, claims, told = {}) => {
    expect(await verdictOn(await signed(claims, told))).toBe('unauthenticated')
  })

  test('signed by somebody else under our key id is refused', async () => {
    expect(await verdictOn(await signed({}, {}, theirs.privateKey))).toBe('unauthenticated')
  })

  test('signed with our public key as a shared secret (HS256) is refused', async () => {
    for (const secret of [await exportSPKI(ours.publicKey), JSON.stringify(await exportJWK(ours.publicKey))]) {
      const token = await new SignJWT(good).setProtectedHeader({ ...header, alg: 'HS256' }).sign(Buffer.from(secret))
      expect(await verdictOn(token)).toBe('unauthenticated')
    }
  })

  test.each(['none', 'None', 'NONE', 'nOnE', ''])('that claims the algorithm %j is refused', async alg => {
    const unsigned = `${encoded({ ...header, alg })}.${encoded(good)}`
    for (const signature of ['', 'AAAA', (await signed()).split('.')[2]]) {
      expect(await verdictOn(`${unsigned}.${signature}`)).toBe('unauthenticated')
    }
  })

  test.each(['RS512', 'PS256', 'ES256', 'RS384'])('of the algorithm %s is refused, however right it is', async alg => {
    const pair = await generateKeyPair(alg)
    const other = createLocalJWKSet({ keys: [{ ...(await exportJWK(pair.publicKey)), kid: 'ours', alg }] })
    expect(await verdictOn(await signed({}, { alg }, pair.privateKey), verifier(other))).toBe('unauthenticated')
  })

  test('that brings its own key is refused', async () => {
    const jwk = await exportJWK(theirs.publicKey)
    expect(await verdictOn(await signed({}, { jwk }, theirs.privateKey))).toBe('unauthenticated')
    expect(await verdictOn(await signed({}, { jku: 'https://evil.example/keys' }, theirs.privateKey))).toBe(
      'unauthenticated',
    )
  })

  test('that was changed anywhere is refused', async () => {
    const token = await signed()
    const [head = '', , signature = ''] = token.split('.')
    for (const claims of [
      { ...good, sub: 'bob' },
      { ...good, roles: ['operator'] },
      { ...good, exp: SECONDS + 9e9 },
    ]) {
      expect(await verdictOn(`${head}.${encoded(claims)}.${signature}`)).toBe('unauthenticated')
    }
    for (let at = 3; at < token.length - 3; at += 29) {
      const changed = `${token.slice(0, at)}${token[at] === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`
      expect(await verdictOn(changed), `changed at ${at}`).toBe('unauthenticated')
    }
    for (const cut of [1, 10, 200, 400]) expect(await verdictOn(token.slice(0, -cut))).toBe('unauthenticated')
  })

  test.each([
    '',
    'x',
    '..',
    'a.b.c',
    'a.b.c.d.e',
    `${encoded('null')}.${encoded('null')}.x`,
    `${encoded('[]')}.${encoded('7')}.x`,
    `${encoded('{"alg":7}')}.${encoded('{}')}.x`,
    `${encoded({ ...header, crit: ['b64'], b64: false })}.${encoded(good)}.x`,
    `${encoded({ ...header, crit: ['sudo'], sudo: true })}.${encoded(good)}.x`,
    `${encoded({ ...header, kid: { toString: 1 } })}.${encoded(good)}.x`,
    `${encoded('{"alg":"RS256","typ":"JWT"')}.${encoded(good)}.x`,
    `${'A'.repeat(9000)}.${'A'.repeat(9000)}.${'A'.repeat(9000)}`,
    'a b',
    'ü',
    '\0',
  ])('that is garbage (%j) is refused, and is nobody’s outage', async token => {
    expect(await verdictOn(token)).toBe('unauthenticated')
  })

  test.each([null, '', 'Bearer', 'Bearer ', 'Basic YWxpY2U6eA==', 'Token x', ' '])(
    'no bearer token: %j',
    async value => {
      await expect(verifier()(value)).rejects.toMatchObject({ problem: 'unauthenticated' })
    },
  )

  test('is looked for under a scheme in any case, and nowhere else in the header', async () => {
    const token = await signed()
    expect((await verifier()(`bearer ${token}`)).sub).toBe('alice')
    for (const wrong of [
      token,
      `Bearer  ${token}`,
      `Bearer ${token} x`,
      `x Bearer ${token}`,
      `Bearer ${token},${token}`,
    ]) {
      await expect(verifier()(wrong)).rejects.toMatchObject({ problem: 'unauthenticated' })
    }
  })
})

describe('a token that was verified', () => {
  test('is not verified again, until it expires', async () => {
    const verify = verifier()
    const token = await signed()
    expect(await verdictOn(token, verify)).toBe('alice user')
    now += 599_999
    expect(await verdictOn(token, verify)).toBe('alice user')
    expect(asked).toBe(1)
    now += 1
    expect(await verdictOn(token, verify)).toBe('unauthenticated')
  })

  test('vouches for no other', async () => {
    const verify = verifier()
    const token = await signed()
    await verdictOn(token, verify)
    const [head, , signature] = token.split('.')
    expect(await verdictOn(`${head}.${encoded({ ...good, sub: 'bob' })}.${signature}`, verify)).toBe('unauthenticated')
    expect(await verdictOn(await signed({ sub: 'carol', roles: ['auditor'] }), verify)).toBe('carol auditor')
    expect(await verdictOn(token, verify)).toBe('alice user')
  })

  test('one that was refused is refused again, and may be right later', async () => {
    const verify = verifier()
    const early = await signed({ nbf: SECONDS + 10 })
    expect(await verdictOn(early, verify)).toBe('unauthenticated')
    now += 10_000
    expect(await verdictOn(early, verify)).toBe('alice user')
  })
})

test.each([500, 503, 429, 200])('an issuer that answers %i and no keys is an outage, not a bad token', async status => {
  const issuing = createServer((_, response) => response.writeHead(status).end('<html>sorry</html>'))
  await new Promise<void>(resolve => issuing.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void issuing.close())
  const address = `http://127.0.0.1:${(issuing.address() as AddressInfo).port}/keys`
  expect(await verdictOn(await signed(), verifier(issuerKeys(address)))).toBe('unavailable')
})

test('keys that cannot be had are an outage, not a bad token', async () => {
  const gone: JWTVerifyGetKey = () => Promise.reject(new TypeError('fetch failed'))
  expect(await verdictOn(await signed(), verifier(gone))).toBe('unavailable')
})
