import { importJWK, type JWK, SignJWT } from 'jose'
import { ALGORITHM } from './signing-key.ts'

/** How long a token is good for, in seconds. */
export const LIFETIME = 12 * 3600

export type Issuer = { readonly issuer: string; readonly audience: string; readonly key: JWK }

export type Subject = { readonly sub: string; readonly roles: readonly string[] }

/** A signed token that says who its bearer is, and in which roles. */
export async function issueToken({ issuer, audience, key }: Issuer, { sub, roles }: Subject): Promise<string> {
  const header = { alg: ALGORITHM, typ: 'JWT', ...(key.kid === undefined ? {} : { kid: key.kid }) }
  return new SignJWT({ roles: [...roles] })
    .setProtectedHeader(header)
    .setSubject(sub)
    .setIssuer(issuer)
    .setAudience(audience)
    .setIssuedAt()
    .setExpirationTime(`${LIFETIME}s`)
    .sign(await importJWK(key, ALGORITHM))
}
