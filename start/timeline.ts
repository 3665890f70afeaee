import { CosmosClient } from '@azure/cosmos'
import type { Sightings } from './watch-transfers.ts'

type Command = { id: string; type: string; at: string; traceparent?: string }
type Append = {
  id: string
  at: string
  streamId: string
  events: { type: string; commandId: string; data: { transferId?: string; to?: string } }[]
  outcomes: { commandId: string; result: string; reason?: string }[]
}

/** One hop of a transfer: what happened, where it is stored, and when, in milliseconds since it was asked for. */
export type Hop = { readonly after: number; readonly what: string; readonly where: string }

/** The way of one transfer through the system, from what is stored and from what the view was seen to show. */
export async function timelineOf(connection: string, transferId: string, sightings: Sightings): Promise<Hop[]> {
  const client = new CosmosClient(connection)
  try {
    const database = client.database('remit')
    const hops: { at: string; what: string; where: string }[] = []
    const events = async (streamId: string) =>
      (await database.container('events').items.readAll<Append>({ partitionKey: streamId }).fetchAll()).resources
    const from = transferId.slice(0, 36)
    const sent = await events(from)
    const to = sent.flatMap(append => append.events).find(({ data }) => data.transferId === transferId)?.data.to ?? from
    for (const [streamId, id] of [
      [from, transferId],
      [to, `${transferId}.receive`],
      [from, `${transferId}.return`],
    ] as const) {
      const { resource } = await database.container('commands').item(id, streamId).read<Command>()
      if (resource) hops.push({ at: resource.at, what: `${resource.type} is stored`, where: 'commands' })
    }
    for (const { at, id, streamId, events: recorded } of [...sent, ...(to === from ? [] : await events(to))]) {
      for (const { type, data } of recorded) {
        if (data.transferId === transferId) {
          hops.push({ at, what: `${type} is recorded`, where: `events ${streamId.slice(0, 8)}… ${Number(id)}` })
        }
      }
    }
    for (const [key, at] of sightings) {
      const [id, status = ''] = key.split(' ')
      if (id === transferId) hops.push({ at, what: `the view shows ${status}`, where: 'transfers' })
    }
    hops.sort((a, b) => (a.at < b.at ? -1 : 1))
    const start = Date.parse(hops[0]?.at ?? '')
    return hops.map(({ at, what, where }) => ({ after: Date.parse(at) - start, what, where }))
  } finally {
    client.dispose()
  }
}

/** The timeline as lines for a console. */
export function printed(hops: readonly Hop[]): string[] {
  return hops.map(({ after, what, where }) => `${String(after).padStart(7)} ms  ${what.padEnd(28)} ${where}`)
}
