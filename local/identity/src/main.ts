import { app, type HttpRequest } from '@azure/functions'
import type { JWK } from 'jose'
import { publicKey } from './signing-key.ts'
import { type Issuer, issueToken, LIFETIME, type Subject } from './tokens.ts'

const issuer: Issuer = {
  issuer: setting('IDENTITY_ISSUER'),
  audience: setting('IDENTITY_AUDIENCE'),
  key: JSON.parse(setting('IDENTITY_KEY')) as JWK,
}

app.http('token', {
  methods: ['POST'],
  route: 'local/token',
  authLevel: 'anonymous',
  handler: async (request: HttpRequest) => {
    const subject = subjectIn(await request.text())
    if (subject === undefined) {
      return { status: 400, jsonBody: { error: 'invalid_request', error_description: 'Send { "sub", "roles": [] }.' } }
    }
    const access_token = await issueToken(issuer, subject)
    return {
      jsonBody: { access_token, token_type: 'Bearer', expires_in: LIFETIME },
      headers: { 'cache-control': 'no-store' },
    }
  },
})

app.http('keys', {
  methods: ['GET'],
  route: 'local/keys',
  authLevel: 'anonymous',
  handler: async () => ({ jsonBody: { keys: [publicKey(issuer.key)] } }),
})

function setting(name: string): string {
  const value = process.env[name]
  if (!value) throw new Error(`the setting ${name} is missing`)
  return value
}

function subjectIn(text: string): Subject | undefined {
  try {
    const { sub, roles = [] } = JSON.parse(text) as { sub?: unknown; roles?: unknown }
    const texts = Array.isArray(roles) && roles.every(role => typeof role === 'string')
    return typeof sub === 'string' && sub.length > 0 && texts ? { sub, roles } : undefined
  } catch {
    return undefined
  }
}
