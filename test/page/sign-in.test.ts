import { readConfiguration } from '@remit/review-page/configuration'
import { challengeOf, isReturn, leaveToSignIn, returnSignedIn } from '@remit/review-page/entra'
import { addressOf, placeIn } from '@remit/review-page/place'
import { sessionOf, sessions } from '@remit/review-page/session'
import { describe, expect, test } from 'vitest'

const entra = {
  kind: 'entra',
  authority: 'https://login.example/tenant',
  clientId: 'a-client',
  scope: 'api://remit/.default',
} as const
const leaving = { redirectUri: 'https://page.example/review/', where: '#/today' }

describe('signing in with Entra', () => {
  test('the challenge is that of RFC 7636, appendix B', async () => {
    expect(await challengeOf('dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk')).toBe(
      'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    )
  })

  test('leaves with a challenge, and keeps what it was made from', async () => {
    const { address, away } = await leaveToSignIn(entra, leaving)
    const { origin, pathname, searchParams } = new URL(address)
    expect(origin + pathname).toBe('https://login.example/tenant/oauth2/v2.0/authorize')
    expect(Object.fromEntries(searchParams)).toEqual({
      client_id: 'a-client',
      response_type: 'code',
      response_mode: 'query',
      redirect_uri: leaving.redirectUri,
      scope: 'openid profile api://remit/.default',
      state: away.state,
      code_challenge: await challengeOf(away.verifier),
      code_challenge_method: 'S256',
    })
    expect(address).not.toContain(away.verifier)
    expect(away.verifier).toMatch(/^[A-Za-z0-9_-]{43}$/)
    const again = await leaveToSignIn(entra, leaving)
    expect([again.away.state, again.away.verifier]).not.toContain(away.verifier)
    expect(again.away.state).not.toBe(away.state)
  })

  const sent: [string, RequestInit][] = []
  const answering = (body: object, status = 200) => {
    sent.length = 0
    return async (address: string, init: RequestInit) => {
      sent.push([address, init])
      return new Response(JSON.stringify(body), { status })
    }
  }
  const back = (query: Record<string, string>) => new URLSearchParams(query)

  test('comes back with a code, and exchanges it', async () => {
    const { away } = await leaveToSignIn(entra, leaving)
    const query = back({ code: 'a-code', state: away.state })
    expect(isReturn(query)).toBe(true)
    expect(await returnSignedIn(entra, { query, away }, answering({ access_token: 'a.b.c' }))).toBe('a.b.c')
    const [[address, { body }] = ['', {}]] = sent
    expect(address).toBe('https://login.example/tenant/oauth2/v2.0/token')
    expect(Object.fromEntries(body as URLSearchParams)).toMatchObject({
      grant_type: 'authorization_code',
      code: 'a-code',
      code_verifier: away.verifier,
      redirect_uri: leaving.redirectUri,
    })
  })

  test('takes no answer it has not asked for', async () => {
    const { away } = await leaveToSignIn(entra, leaving)
    const query = back({ code: 'a-code', state: 'of somebody else' })
    const send = answering({ access_token: 'a.b.c' })
    await expect(returnSignedIn(entra, { query, away }, send)).rejects.toThrow('not begun here')
    await expect(returnSignedIn(entra, { query, away: undefined }, send)).rejects.toThrow('not begun here')
    expect(sent).toEqual([])
  })

  test('says what went wrong', async () => {
    const { away } = await leaveToSignIn(entra, leaving)
    const refused = back({ error: 'access_denied', error_description: 'Not you.', state: away.state })
    await expect(returnSignedIn(entra, { query: refused, away }, answering({}))).rejects.toThrow('Not you.')
    const query = back({ code: 'a-code', state: away.state })
    await expect(returnSignedIn(entra, { query, away }, answering({}, 400))).rejects.toThrow('completed')
    await expect(returnSignedIn(entra, { query, away }, answering({}))).rejects.toThrow('completed')
    expect(isReturn(back({ state: 'x' }))).toBe(false)
    expect(isReturn(back({ code: 'x' }))).toBe(false)
  })
})

describe('a session', () => {
  const tokenOf = (claims: object) => `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.sig`

  test('knows who somebody is, by their own name where the token has it', () => {
    expect(sessionOf(tokenOf({ sub: 'rita' }))).toMatchObject({ sub: 'rita', name: 'rita' })
    expect(sessionOf(tokenOf({ sub: '1', name: 'Zoë Ångström' }))).toMatchObject({ sub: '1', name: 'Zoë Ångström' })
    expect(sessionOf(tokenOf({ sub: '1', preferred_username: 'zoe@x' }))).toMatchObject({ name: 'zoe@x' })
    expect(sessionOf('nonsense')).toMatchObject({ sub: '', name: '' })
    expect(sessionOf(null)).toBeUndefined()
  })

  test('is kept and forgotten, and those who listen hear of it', () => {
    const kept = new Map<string, string>()
    const one = sessions({
      getItem: key => kept.get(key) ?? null,
      setItem: (key, value) => void kept.set(key, value),
      removeItem: key => void kept.delete(key),
    })
    let heard = 0
    const leave = one.listen(() => heard++)
    one.begin(tokenOf({ sub: 'rita' }))
    expect(one.current()?.sub).toBe('rita')
    one.end()
    expect(one.current()).toBeUndefined()
    expect(kept.size).toBe(0)
    leave()
    one.begin('x')
    expect(heard).toBe(2)
  })
})

describe('the configuration', () => {
  test.each([
    { api: '', identity: { kind: 'local' } },
    { api: 'https://api.example', identity: entra },
  ])('%j', json => {
    expect(readConfiguration(json)).toEqual(json)
  })

  test.each([
    {},
    { api: '' },
    { api: '', identity: { kind: 'other' } },
    { api: '', identity: { ...entra, scope: '' } },
  ])('%j is none', json => {
    expect(() => readConfiguration(json)).toThrow('config.json')
  })
})

test('a place survives in the address, and nothing else does', () => {
  const id = `${'a'.repeat(36)}_${'b'.repeat(36)}`
  for (const place of [{ list: 'waiting' }, { list: 'today' }, { list: 'today', transfer: id }] as const) {
    expect(placeIn(addressOf(place))).toEqual(place)
  }
  expect(placeIn('')).toEqual({ list: 'waiting' })
  expect(placeIn('#/waiting/../../local/token')).toEqual({ list: 'waiting' })
})
