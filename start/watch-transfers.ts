import { ChangeFeedStartFrom, CosmosClient } from '@azure/cosmos'
import { containerOf, editionsOf, type ViewEditions } from '@remit/api/editions'
import layout from '../infra/containers.json' with { type: 'json' }

/** When the view first showed a transfer in each status: ISO 8601 times by `<transferId> <status>`. */
export type Sightings = ReadonlyMap<string, string>

/** Pause between two looks, in milliseconds: as exact as the times are. */
const LOOK = 3

/** Watches the view of transfers until it is stopped, through its change feed. */
export function watchTransfers(connection: string): { stop: () => Promise<Sightings> } {
  const seen = new Map<string, string>()
  const client = new CosmosClient(connection)
  const database = client.database(layout.database)
  let watching = true
  const look = async () => {
    const { resource } = await database.container('views').item('transfers', 'transfers').read<ViewEditions>()
    const view = database.container(containerOf('transfers', editionsOf('transfers', resource).read))
    const feed = view.items.getChangeFeedIterator({ changeFeedStartFrom: ChangeFeedStartFrom.Now() })
    while (watching) {
      const page = await feed.readNext()
      for (const { id, status } of (page.result ?? []) as unknown as { id: string; status: string }[]) {
        const key = `${id} ${status}`
        if (!seen.has(key)) seen.set(key, new Date().toISOString())
      }
      if (page.count === 0) await new Promise(resolve => setTimeout(resolve, LOOK))
    }
    client.dispose()
  }
  const done = look()
  return {
    stop: async () => {
      watching = false
      await done
      return seen
    },
  }
}
