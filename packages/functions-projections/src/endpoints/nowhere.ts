import { type Answer, problemAnswer } from '@remit/api/http/answer'
import { Problem } from '@remit/api/http/problems'

/** Unknown routes and wrong methods. */
export function nowhere(randomId: () => string): () => Promise<Answer> {
  return async () => problemAnswer(new Problem('not-found'), randomId())
}
