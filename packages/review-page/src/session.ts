/** Somebody signed in. The token is kept for this tab only and is gone with it. */
export type Session = { readonly token: string; readonly sub: string; readonly name: string }

const KEPT = 'remit.token'

type Storage = {
  getItem(key: string): string | null
  setItem(key: string, value: string): void
  removeItem(key: string): void
}

/** Who is signed in, and a way to hear when that changes. */
export function sessions(storage: Storage) {
  const listeners = new Set<() => void>()
  const tell = () => {
    for (const listener of listeners) listener()
  }
  return {
    /** Read anew each time: what is kept is what counts. */
    current: (): Session | undefined => sessionOf(storage.getItem(KEPT)),
    begin: (token: string) => {
      storage.setItem(KEPT, token)
      tell()
    },
    end: () => {
      storage.removeItem(KEPT)
      tell()
    },
    listen: (listener: () => void) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}
export type Sessions = ReturnType<typeof sessions>

/** Reads who a token says its bearer is. It proves nothing: only the API verifies it. */
export function sessionOf(token: string | null): Session | undefined {
  if (!token) return undefined
  const claims = claimsIn(token)
  const sub = typeof claims.sub === 'string' ? claims.sub : ''
  const name = [claims.name, claims.preferred_username].find(one => typeof one === 'string' && one !== '')
  return { token, sub, name: typeof name === 'string' ? name : sub }
}

function claimsIn(token: string): Record<string, unknown> {
  try {
    const middle = (token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/')
    const bytes = Uint8Array.from(atob(middle), letter => letter.charCodeAt(0))
    return JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>
  } catch {
    return {}
  }
}
