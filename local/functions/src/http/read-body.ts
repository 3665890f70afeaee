import type { IncomingMessage } from 'node:http'
import { type Settings, setting } from '../settings.ts'

/** The longest request body the host takes when the app does not say otherwise, in bytes. */
export const defaultBodyLimit = 100 * 1024 * 1024

/** 'too-large' is answered with 413; undefined is a request without a body. */
export type Body = Buffer | undefined | 'too-large'

/** The setting `FUNCTIONS_REQUEST_BODY_SIZE_LIMIT`, in bytes. */
export function bodyLimitOf(settings: Settings): number {
  const limit = setting(settings, 'FUNCTIONS_REQUEST_BODY_SIZE_LIMIT')
  return limit !== undefined && /^\d+$/.test(limit) ? Number(limit) : defaultBodyLimit
}

/**
 * Reads the body only when `Content-Length` announces one. A chunked request arrives empty,
 * as it does in Azure without streaming.
 */
export async function readBody(request: IncomingMessage, limit = defaultBodyLimit): Promise<Body> {
  const length = Number(request.headers['content-length'] ?? 0)
  if (!(length > 0)) return undefined
  if (length > limit) return 'too-large'
  const chunks: Buffer[] = []
  return new Promise((resolve, reject) => {
    request.on('data', chunk => chunks.push(chunk))
    request.on('end', () => resolve(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)))
    request.on('error', reject)
  })
}
