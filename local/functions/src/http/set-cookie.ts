interface Nullable<T> {
  value?: T
}

/** A cookie as the library hands it over. */
interface RpcCookie {
  name: string
  value: string
  domain?: Nullable<string>
  path?: Nullable<string>
  expires?: { value?: { seconds?: number } }
  secure?: Nullable<boolean>
  httpOnly?: Nullable<boolean>
  sameSite?: string
  maxAge?: Nullable<number>
}

const sameSiteNames: Record<string, string> = { lax: 'Lax', strict: 'Strict', explicitNone: 'None' }

/** One `Set-Cookie` header value. */
export function setCookie(cookie: RpcCookie): string {
  const parts = [`${cookie.name}=${encodeURIComponent(cookie.value)}`]
  const seconds = cookie.expires?.value?.seconds
  if (seconds !== undefined) parts.push(`expires=${new Date(seconds * 1000).toUTCString()}`)
  if (cookie.maxAge?.value !== undefined) parts.push(`max-age=${cookie.maxAge.value}`)
  if (cookie.domain?.value !== undefined) parts.push(`domain=${cookie.domain.value}`)
  if (cookie.path?.value !== undefined) parts.push(`path=${cookie.path.value}`)
  else parts.push('path=/')
  if (cookie.secure?.value) parts.push('secure')
  const sameSite = sameSiteNames[cookie.sameSite ?? '']
  if (sameSite) parts.push(`samesite=${sameSite}`)
  if (cookie.httpOnly?.value) parts.push('httponly')
  return parts.join('; ')
}
