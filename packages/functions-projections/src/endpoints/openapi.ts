import { json } from '@remit/api/http/answer'
import { openApi } from '@remit/api/openapi'

/** `GET /openapi.json`. */
export function readOpenApi() {
  const answer = json(200, openApi())
  return async () => answer
}
