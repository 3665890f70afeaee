import type { Write } from '@remit/documents/documents'
import { type Bugs, fed, only, takenForWritten } from './tools.ts'

let fresh = 0

export const inTheProcess: Bugs = {
  'an owed command gets a new id each time': {
    documents: only('commands', documents => ({
      writeEach: writes =>
        documents.writeEach(
          writes.map(write => {
            fresh += 1
            const id = `${write.item.id.slice(0, 65)}${String(fresh).padStart(8, '0')}`
            return { kind: 'create', item: { ...write.item, id } }
          }),
        ),
    })),
  },
  'bounced credits are never returned': {
    feed: fed(['move'], (items: Told[]) =>
      items.filter(({ outcomes }) => !outcomes.some(({ type, reason }) => type === 'ReceiveCredits' && reason)),
    ),
    timer: async () => {},
  },
  'an owed command that was not stored is forgotten': {
    documents: only('commands', documents => ({ writeEach: takenForWritten('busy', 'unknown')(documents).writeEach })),
    timer: async () => {},
  },
  'the watchdog never asks': { timer: async () => {} },
  'credits are sent back while they are on their way': {
    documents: only('commands', documents => ({
      writeEach: async writes => {
        const answers = await documents.writeEach(writes)
        await documents.writeEach(writes.flatMap(sentBack))
        return answers
      },
    })),
  },
  'discarded credits do not go back': {
    feed: fed(['move'], (items: Told[]) =>
      items.filter(({ outcomes }) => !outcomes.some(({ reason }) => reason === 'discarded')),
    ),
    timer: async () => {},
  },
}

type Told = { outcomes: { type: string; reason?: string }[] }

/** Beside each receive, the return that nobody owes. */
function sentBack({ item }: Write): Write[] {
  if (item.type !== 'ReceiveCredits') return []
  const { from, ...data } = item.data as { from: string; transferId: string }
  const to = String(item.streamId)
  const id = `${data.transferId}.return`
  const returned = { ...data, to, reason: 'account_closed' }
  return [{ kind: 'create', item: { ...item, id, streamId: from, type: 'ReturnCredits', data: returned } }]
}
