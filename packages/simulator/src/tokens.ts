import { z } from 'zod'
import type { Answer, Asked, Client } from './client.ts'

/** Who asks, and in which roles. */
export type Subject = { readonly sub: string; readonly roles: readonly string[] }

const tokenAnswer = z.object({ access_token: z.string().min(1) })

/** Sends requests in the name of somebody. */
export type Callers = {
  /**
   * As `Client.send`, with a bearer token of this subject; a token no longer taken is renewed once.
   *
   * @throws Error when no token is to be had.
   */
  readonly send: (subject: Subject, asked: Asked) => Promise<Answer>
  readonly drop: (subject: Subject, asked: Asked) => Promise<void>
}

/** Fetches one token for each subject from the local issuer, and keeps it. */
export function createCallers(client: Client): Callers {
  const tokens = new Map<string, Promise<string>>()
  const bearer = (subject: Subject) => {
    const name = JSON.stringify(subject)
    const known = tokens.get(name)
    if (known) return known
    const fresh = fetchToken(client, subject)
    tokens.set(name, fresh)
    return fresh
  }
  const signed = async (subject: Subject, asked: Asked): Promise<Asked> => ({
    ...asked,
    headers: { ...asked.headers, authorization: `Bearer ${await bearer(subject)}` },
  })
  return {
    send: async (subject, asked) => {
      const first = await client.send(await signed(subject, asked))
      if (first.status !== 401) return first
      tokens.delete(JSON.stringify(subject))
      return client.send(await signed(subject, asked))
    },
    drop: async (subject, asked) => client.drop(await signed(subject, asked)),
  }
}

async function fetchToken(client: Client, { sub, roles }: Subject): Promise<string> {
  const answer = await client.send({ method: 'POST', path: '/local/token', body: { sub, roles } })
  const { success, data } = tokenAnswer.safeParse(answer.body)
  if (!success) throw new Error(`no token for ${sub}: POST /local/token answered ${answer.status}`)
  return data.access_token
}
