/** The API as one operator reaches it. */
export type Api = {
  readonly get: (path: string) => Promise<unknown>
  readonly post: (path: string, body: object) => Promise<unknown>
}

/**
 * @param address where the API answers, without a slash at its end.
 * @param token a bearer token with the role `operator`; without one, the token service of a local system is asked.
 */
export async function apiAt(address: string, token: string | undefined): Promise<Api> {
  const authorization = `Bearer ${token ?? (await localToken(address))}`
  const ask = async (path: string, init: RequestInit) => {
    const response = await fetch(`${address}${path}`, init)
    const answer = (await response.json().catch(() => ({}))) as Problem
    if (!response.ok) throw new Error(described(response.status, answer))
    return answer
  }
  return {
    get: path => ask(path, { headers: { authorization } }),
    post: (path, body) =>
      ask(path, {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
  }
}

type Problem = { readonly title?: string; readonly errors?: readonly { readonly message: string }[] }

function described(status: number, { title = '', errors = [] }: Problem): string {
  return [`${status} ${title}`, ...errors.map(({ message }) => message)].join(' ')
}

async function localToken(address: string): Promise<string> {
  const body = JSON.stringify({ sub: 'console', roles: ['operator'] })
  const response = await fetch(`${address}/local/token`, { method: 'POST', body })
  if (!response.ok) throw new Error(`${address} hands out no tokens: set REMIT_TOKEN to one with the role operator.`)
  return ((await response.json()) as { access_token: string }).access_token
}
