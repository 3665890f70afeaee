import type { Entra } from './configuration.ts'

// Sign-in with Microsoft Entra ID: authorization code with PKCE (RFC 7636), for a client that can keep no secret.

/** What is kept in this tab while somebody is away signing in. */
export type Away = {
  readonly state: string
  readonly verifier: string
  readonly redirectUri: string
  /** The part of the page to come back to. */
  readonly where: string
}

type Leaving = { readonly redirectUri: string; readonly where: string }

/** Where to send the browser, and what to keep until it is back. */
export async function leaveToSignIn(entra: Entra, { redirectUri, where }: Leaving) {
  const away: Away = { state: randomText(), verifier: randomText(), redirectUri, where }
  const address = new URL(`${entra.authority}/oauth2/v2.0/authorize`)
  address.search = new URLSearchParams({
    client_id: entra.clientId,
    response_type: 'code',
    response_mode: 'query',
    redirect_uri: redirectUri,
    scope: `openid profile ${entra.scope}`,
    state: away.state,
    code_challenge: await challengeOf(away.verifier),
    code_challenge_method: 'S256',
  }).toString()
  return { address: address.href, away }
}

/** Whether this address is one that Entra sends people back to. */
export function isReturn(query: URLSearchParams): boolean {
  return query.has('state') && (query.has('code') || query.has('error'))
}

/**
 * Exchanges the code for a token.
 *
 * @throws Error with what to tell the person.
 */
export async function returnSignedIn(
  entra: Entra,
  { query, away }: { readonly query: URLSearchParams; readonly away: Away | undefined },
  send: (address: string, init: RequestInit) => Promise<Response>,
): Promise<string> {
  // An answer nobody here has asked for may be somebody else's sign-in, put under this person.
  if (away === undefined || query.get('state') !== away.state) throw new Error('This sign-in was not begun here.')
  if (query.has('error')) throw new Error(query.get('error_description') ?? 'The sign-in was refused.')
  const answer = await send(`${entra.authority}/oauth2/v2.0/token`, {
    method: 'POST',
    body: new URLSearchParams({
      client_id: entra.clientId,
      grant_type: 'authorization_code',
      code: query.get('code') ?? '',
      redirect_uri: away.redirectUri,
      code_verifier: away.verifier,
      scope: `openid profile ${entra.scope}`,
    }),
  })
  const { access_token } = (await answer.json().catch(() => ({}))) as { access_token?: unknown }
  if (!answer.ok || typeof access_token !== 'string') throw new Error('The sign-in could not be completed.')
  return access_token
}

/** RFC 7636, section 4.2. */
export async function challengeOf(verifier: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))
  return base64Url(new Uint8Array(digest))
}

function randomText(): string {
  return base64Url(crypto.getRandomValues(new Uint8Array(32)))
}

function base64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}
