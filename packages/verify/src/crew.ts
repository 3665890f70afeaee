import { Worker } from 'node:worker_threads'
import type { Books } from './books.ts'
import { Findings } from './finding.ts'
import type { Heads } from './heads.ts'
import { type PartRead, Reader, type ReadOptions, type Results, type Task } from './reader.ts'
import { openSource, type Source, type SourceDescription } from './source.ts'
import { Tally } from './tally.ts'

/** One who reads parts, here or in a thread of its own. */
export type Hand = {
  readonly read: (task: Task, progress: (items: number) => void) => Promise<PartRead>
  readonly views: () => Promise<Tally>
  readonly share: (views: Tally, exported: Heads | undefined) => Promise<void>
  readonly results: () => Promise<Results>
  /** Bytes of heap in use at most, as far as seen. */
  readonly heap: () => number
  readonly stop: () => Promise<void>
}

export function handHere(source: Source, options: ReadOptions): Hand {
  const reader = new Reader(source, options)
  return {
    read: (task, progress) => reader.read(task, progress),
    views: async () => reader.books.accounts,
    share: async (views, exported) => reader.share(views, exported),
    results: async () => reader.results(),
    heap: () => 0,
    stop: async () => {},
  }
}

// What crosses to a thread: typed arrays, plain objects, no class.

type Content = { readonly words: Uint32Array; readonly size: number; readonly width: number }

export type Order =
  | { readonly order: 'read'; readonly task: Task }
  | { readonly order: 'views' }
  | { readonly order: 'share'; readonly views: Content; readonly exported: Content | undefined }
  | { readonly order: 'results' }

export type Answer =
  | { readonly progress: number; readonly heap: number }
  | { readonly done: unknown; readonly heap: number }
  | { readonly failed: string }

export type ThreadResults = Omit<Results, 'books' | 'findings' | 'unreadable'> & {
  readonly books: { readonly [Name in 'accounts' | 'transfers' | 'commands']: Content } & Pick<Books, 'sums'>
  readonly findings: Pick<Findings, 'list' | 'count'>
  readonly unreadable: Pick<Findings, 'list' | 'count'>
}

export const contentOf = ({ words, size, width }: Tally): Content => ({ words, size, width })
export const tallyOf = ({ words, size, width }: Content) => new Tally(width, { words, size })

/** The same words where all threads see them. */
function shared({ words, size, width }: Tally): Content {
  const common = new Uint32Array(new SharedArrayBuffer(words.byteLength))
  common.set(words)
  return { words: common, size, width }
}

export function shareable(tally: Tally): Tally {
  return tallyOf(shared(tally))
}

/** Most of what is read is garbage at once; room for it saves a tenth of the time. */
const YOUNG = 0.4
const MOST_YOUNG = 96

/** @param heap most megabytes of heap. */
export function handInThread(source: SourceDescription, options: ReadOptions, heap: number): Hand {
  const maxYoungGenerationSizeMb = Math.min(MOST_YOUNG, heap * YOUNG)
  const resourceLimits = { maxYoungGenerationSizeMb, maxOldGenerationSizeMb: heap - maxYoungGenerationSizeMb }
  const worker = new Worker(new URL('./thread.ts', import.meta.url), {
    workerData: { source, options },
    resourceLimits,
  })
  let largest = 0
  let waiting: { resolve: (value: unknown) => void; reject: (error: Error) => void } | undefined
  let told: (items: number) => void = () => {}
  worker.on('message', (answer: Answer) => {
    if ('failed' in answer) return waiting?.reject(new Error(answer.failed))
    largest = Math.max(largest, answer.heap)
    if ('progress' in answer) told(answer.progress)
    else waiting?.resolve(answer.done)
  })
  worker.on('error', error => waiting?.reject(error as Error))
  const ask = <Done>(order: Order) =>
    new Promise<Done>((resolve, reject) => {
      waiting = { resolve: resolve as (value: unknown) => void, reject }
      worker.postMessage(order)
    })
  return {
    read: (task, progress) => {
      told = progress
      return ask<PartRead>({ order: 'read', task })
    },
    views: async () => tallyOf(await ask<Content>({ order: 'views' })),
    share: (views, exported) => {
      return ask({ order: 'share', views: contentOf(views), exported: exported && contentOf(exported.tally) })
    },
    results: async () => {
      const { books, findings, unreadable, ...rest } = await ask<ThreadResults>({ order: 'results' })
      const { accounts, transfers, commands, sums } = books
      return {
        ...rest,
        books: { accounts: tallyOf(accounts), transfers: tallyOf(transfers), commands: tallyOf(commands), sums },
        findings: revived(findings),
        unreadable: revived(unreadable),
      }
    },
    heap: () => largest,
    stop: async () => {
      await worker.terminate()
    },
  }
}

function revived(from: Pick<Findings, 'list' | 'count'>): Findings {
  const findings = new Findings()
  findings.addAll(from)
  return findings
}

export async function readerInThread(source: SourceDescription, options: ReadOptions): Promise<Reader> {
  return new Reader(await openSource(source), options)
}
