import type { IncomingMessage, ServerResponse } from 'node:http'
import { type HostKeys, mayManage } from '../http/keys.ts'
import { answerEmpty } from '../http/write-answer.ts'
import { answerRequest } from './answer-request.ts'
import { type AppHub, webhookPath } from './app-hub.ts'

/** Answers the management API: of the hub a request names, or of the only one. */
export async function manageHubs(
  { durable, keys }: { durable: AppHub[]; keys: HostKeys },
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (!mayManage(request, keys)) return answerEmpty(response, 401)
  const asked = new URLSearchParams(request.url?.split('?', 2)[1]).get('taskHub')?.toLowerCase()
  const hub = durable.find(({ options }) => options.taskHub.toLowerCase() === asked) ?? durable[0]
  if (!hub) return answerEmpty(response, 404)
  return answerRequest(await hub.whenOpen, { request, response }, webhookPath)
}
