import { type Answer, json } from '@remit/api/http/answer'
import type { ReadingRoom } from './context.ts'

/** `GET /health`: whether the store answers. Says nothing about what is in it. */
export function readHealth({ reading }: ReadingRoom): () => Promise<Answer> {
  return async () => {
    try {
      await reading.stores.accounts.read({ partition: 'health', id: 'summary' })
      return json(200, { status: 'healthy' })
    } catch {
      return json(503, { status: 'unhealthy' }, { 'retry-after': '1' })
    }
  }
}
