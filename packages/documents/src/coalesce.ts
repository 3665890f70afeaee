/**
 * Turns many single requests of one moment into few large ones: what is asked while the event loop turns twice goes out
 * together. Two turns take no time when little is asked, and under load they gather more than one does.
 * Answers come back one by one, in the order asked.
 *
 * @param most the largest number that may go out together.
 */
export function coalesce<Ask, Answer>(
  most: number,
  send: (asks: Ask[]) => Promise<Answer[]>,
): (ask: Ask) => Promise<Answer> {
  type Waiting = { ask: Ask; resolve: (answer: Answer) => void; reject: (error: unknown) => void }
  let waiting: Waiting[] = []

  const flush = () => {
    const all = waiting
    waiting = []
    for (let start = 0; start < all.length; start += most) {
      const some = all.slice(start, start + most)
      send(some.map(({ ask }) => ask)).then(
        answers => {
          for (const [index, { resolve }] of some.entries()) resolve(answers[index] as Answer)
        },
        error => {
          for (const { reject } of some) reject(error)
        },
      )
    }
  }

  return ask =>
    new Promise((resolve, reject) => {
      if (waiting.length === 0) setImmediate(() => setImmediate(flush))
      waiting.push({ ask, resolve, reject })
    })
}
