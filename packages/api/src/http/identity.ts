import { createRemoteJWKSet, errors, type JWTVerifyGetKey, jwtVerify } from 'jose'
import { z } from 'zod'
import { Problem } from './problems.ts'

export const roles = ['user', 'payments', 'reviewer', 'operator', 'auditor'] as const
export type Role = (typeof roles)[number]

/** Who calls, proved by a verified token and by nothing else. */
export type Identity = { readonly sub: string; readonly roles: ReadonlySet<Role> }

/** Proves who sent an `Authorization` header. Throws `unauthenticated`, or `unavailable` when keys cannot be had. */
export type Verifier = (authorization: string | null) => Promise<Identity>

type Options = {
  readonly issuer: string
  readonly audience: string
  readonly keys: JWTVerifyGetKey
  /** Milliseconds since 1970. */
  readonly now: () => number
}

const ALGORITHMS = ['RS256']
const TYPE = 'JWT'
/** Tokens remembered as verified until they expire, so that a signature is checked once per token. */
const REMEMBERED_TOKENS = 10_000

const claims = z.object({
  sub: z.string().min(1).max(200),
  exp: z.number(),
  roles: z.array(z.string()).default([]),
})

/** The signing keys of an issuer, fetched when first needed and again when an unknown key id turns up. */
export function issuerKeys(jwksUri: string): JWTVerifyGetKey {
  return createRemoteJWKSet(new URL(jwksUri))
}

/** Verifies bearer tokens: JWT with pinned issuer, audience, algorithm and type; roles from the `roles` claim. */
export function tokenVerifier({ issuer, audience, keys, now }: Options): Verifier {
  const verified = new Map<string, { identity: Identity; expires: number }>()

  return async authorization => {
    const token = /^Bearer ([A-Za-z0-9\-._~+/]+=*)$/i.exec(authorization ?? '')?.[1]
    if (token === undefined) throw new Problem('unauthenticated')
    const known = verified.get(token)
    if (known && known.expires > now()) return known.identity
    verified.delete(token)
    const options = { issuer, audience, algorithms: ALGORITHMS, typ: TYPE, currentDate: new Date(now()) }
    const { payload } = await jwtVerify(token, keys, options).catch((error: unknown) => {
      throw new Problem(keysOutOfReach(error) ? 'unavailable' : 'unauthenticated')
    })
    const { data } = claims.safeParse(payload)
    if (data === undefined) throw new Problem('unauthenticated')
    const identity = { sub: data.sub, roles: new Set(roles.filter(role => data.roles.includes(role))) }
    const oldest = verified.size >= REMEMBERED_TOKENS ? verified.keys().next().value : undefined
    if (oldest !== undefined) verified.delete(oldest)
    verified.set(token, { identity, expires: data.exp * 1000 })
    return identity
  }
}

/** The issuer did not answer, or not with keys. The library says the latter by errors of no particular kind. */
function keysOutOfReach(error: unknown): boolean {
  if (!(error instanceof errors.JOSEError)) return true
  return [errors.JWKSTimeout, errors.JWKSInvalid, errors.JWKInvalid, errors.JOSEError].some(
    ({ code }) => error.code === code,
  )
}
