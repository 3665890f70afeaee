import type { Item } from '@remit/documents/documents'
import { type Bugs, fed, only, reading, writing } from './tools.ts'

type Parked = Item & { handler?: string; wish?: { what: string } }
type Command = { type?: string }

/** Writes of the container `parked` that differ. */
const parking = (change: (item: Parked) => Item | undefined) => only('parked', writing(change as never))

export const inParking: Bugs = {
  'a command nobody can read is skipped': {
    feed: fed(['decide'], (items: Command[]) => items.filter(({ type }) => type !== 'Unheard')),
  },
  'a batch with a command nobody can read is skipped whole': {
    feed: fed(['decide'], (items: Command[]) => (items.some(({ type }) => type === 'Unheard') ? [] : items)),
  },
  'nobody notes that commands wait': {
    documents: only(
      'events',
      writing(item => (item.queued ? undefined : item)),
    ),
  },
  'what comes behind a parked command is decided': {
    documents: only(
      'events',
      writing(item => ({ ...item, after: { ...(item.after as object), parked: undefined } })),
    ),
  },
  'the queue of a stream is read without its later part': {
    documents: only(
      'events',
      reading(item => (item.queued ? { ...item, queued: (item.queued as string[]).slice(0, 1) } : item)),
    ),
  },
  'parked items are not written down': { documents: parking(() => undefined) },
  'parked items are written down once, and every later word of them is lost': {
    documents: only('parked', documents => ({
      write: async write => (write.kind === 'create' ? documents.write(write) : { result: 'written', etag: '' }),
    })),
  },
  'a discard is not carried out': {
    feed: fed(['lookAfterCommands'], (items: Parked[]) => items.filter(({ wish }) => wish?.what !== 'discard')),
  },
  'retries of views are not carried out': { feed: fed(['lookAfterViews'], () => []) },
  'retries of commands are not carried out': { feed: fed(['lookAfterCommands'], () => []) },
  'an item is closed as soon as somebody wants it tried': {
    documents: parking(item => (item.wish ? { ...item, open: false } : item)),
  },
  'a parked view is closed without being folded': {
    documents: parking(item => (item.handler === 'projectEvents' && item.wish ? { ...item, open: false } : item)),
  },
  'news behind a parked view are skipped': {
    documents: parking(item => (item.handler === 'publishEvents' ? undefined : item)),
  },
  'an append that cannot be folded is skipped': {
    documents: parking(item => (item.handler === 'projectEvents' ? undefined : item)),
  },
}
