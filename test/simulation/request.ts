import type { Request } from '@remit/api/http/request'

export type Sent = { readonly who: string; readonly body?: object; readonly id?: string; readonly key?: string }

/** A request as the apps see it. */
export function asRequest({ who, body, id, key }: Sent): Request {
  const headers = new Map([
    ['authorization', who],
    ['content-type', 'application/json'],
    ...(key === undefined ? [] : [['idempotency-key', key] as const]),
  ])
  return {
    headers: { get: name => headers.get(name) ?? null },
    query: { get: () => null },
    params: id === undefined ? {} : { id },
    arrayBuffer: async () => new TextEncoder().encode(JSON.stringify(body)).buffer as ArrayBuffer,
  }
}
