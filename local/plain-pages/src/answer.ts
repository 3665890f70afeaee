import type { ServerResponse } from 'node:http'

/** Nothing but the page's own style and forms; the Origin that a form sends along is needed, hence the policy. */
export function answerPage(response: ServerResponse, text: string): void {
  response.setHeader(
    'content-security-policy',
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  )
  response.setHeader('referrer-policy', 'same-origin')
  answerText(response, 200, { type: 'text/html; charset=utf-8', text })
}

export function answerJson(response: ServerResponse, status: number, body: unknown): void {
  answerText(response, status, { type: 'application/json', text: JSON.stringify(body) })
}

function answerText(response: ServerResponse, status: number, { type, text }: { type: string; text: string }): void {
  response.writeHead(status, {
    'content-type': type,
    'content-length': String(Buffer.byteLength(text)),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  })
  response.end(text)
}
