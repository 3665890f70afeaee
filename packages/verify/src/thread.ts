import { getHeapStatistics } from 'node:v8'
import { parentPort, workerData } from 'node:worker_threads'
import { type Answer, contentOf, type Order, readerInThread, type ThreadResults, tallyOf } from './crew.ts'
import { Heads } from './heads.ts'
import type { ReadOptions } from './reader.ts'
import type { SourceDescription } from './source.ts'

// A thread that reads parts: orders come in one after the other, each is answered once it is carried out.

const { source, options } = workerData as { source: SourceDescription; options: ReadOptions }
/** Items read between two messages about it. */
const WORTH_SAYING = 5_000

const opened = readerInThread(source, options)
const heap = () => getHeapStatistics().used_heap_size
const say = (answer: Answer, moved: ArrayBuffer[] = []) => parentPort?.postMessage(answer, moved)

parentPort?.on('message', async (order: Order) => {
  try {
    await carryOut(order)
  } catch (error) {
    say({ failed: error instanceof Error ? (error.stack ?? error.message) : String(error) })
  }
})

async function carryOut(order: Order): Promise<void> {
  const reader = await opened
  switch (order.order) {
    case 'read': {
      let unsaid = 0
      const progress = (items: number) => {
        unsaid += items
        if (unsaid < WORTH_SAYING) return
        say({ progress: unsaid, heap: heap() })
        unsaid = 0
      }
      const done = await reader.read(order.task, progress)
      say({ progress: unsaid, heap: heap() })
      return say({ done, heap: heap() })
    }
    case 'views':
      return say({ done: contentOf(reader.books.accounts), heap: heap() })
    case 'share':
      reader.share(tallyOf(order.views), order.exported && new Heads(tallyOf(order.exported)))
      return say({ done: undefined, heap: heap() })
    case 'results': {
      const { books, findings, unreadable, parked, appends } = reader.results()
      const { accounts, transfers, commands, sums } = books
      const done: ThreadResults = {
        books: {
          accounts: contentOf(accounts),
          transfers: contentOf(transfers),
          commands: contentOf(commands),
          sums,
        },
        findings: { list: findings.list, count: findings.count },
        unreadable: { list: unreadable.list, count: unreadable.count },
        parked,
        appends,
      }
      const moved = [accounts, transfers, commands].map(({ words }) => words.buffer as ArrayBuffer)
      return say({ done, heap: heap() }, moved)
    }
  }
}
