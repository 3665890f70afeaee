import type { ServerResponse } from 'node:http'
import { setCookie } from './set-cookie.ts'

/** A function's answer as the library hands it over. */
export interface HttpAnswer {
  statusCode: string
  headers: Record<string, string>
  cookies: Parameters<typeof setCookie>[0][]
  body?: { bytes?: Uint8Array }
}

/** Ends the response with a status and no body. */
export function answerEmpty(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'content-length': '0' })
  response.end()
}

/** Ends a response that can have no proper answer: with a status and no body, or by cutting one that has begun. */
export function giveUp(response: ServerResponse, status: number): void {
  if (response.headersSent) response.destroy()
  else answerEmpty(response, status)
}

/** Ends the response with what a function answered. */
export function writeAnswer(response: ServerResponse, http: HttpAnswer): void {
  const headers: Record<string, string | string[]> = { ...http.headers }
  if (http.cookies.length > 0) headers['set-cookie'] = http.cookies.map(setCookie)
  const status = Number(http.statusCode)
  const bytes = http.body?.bytes ?? new Uint8Array(0)
  // These statuses never have a body, and a length would announce one.
  if (status === 204 || status === 304) {
    delete headers['content-length']
    response.writeHead(status, headers)
    response.end()
    return
  }
  headers['content-length'] = String(bytes.byteLength)
  response.writeHead(status, headers)
  response.end(bytes)
}
