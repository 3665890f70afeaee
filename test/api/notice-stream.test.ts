import { LIFE, MOST_OF_OWNER, MOST_STREAMS } from '@remit/functions-notices/follow-notices'
import { describe, expect, test } from 'vitest'
import { loaded, service, textOf } from './noticeboard.ts'

describe('the stream of notices', () => {
  test('goes on after the number one has, and tells what comes at once', async () => {
    const { keep, follow } = service()
    await keep(loaded(2))
    await keep(loaded(3))
    const told = follow(1)
    expect((await told.next()).value).toBe('retry: 1000\n\n')
    expect((await told.next()).value).toBe(textOf(2))
    const next = told.next()
    await keep(loaded(4))
    expect((await next).value).toBe(textOf(3))
    await told.return(undefined)
  })

  test('finds what another instance kept when it looks again', async () => {
    const { follow, keepElsewhere, wake } = service()
    const told = follow(0)
    await told.next()
    const next = told.next()
    await keepElsewhere(loaded(2))
    while (!(await Promise.race([next.then(() => true), tick()]))) wake()
    expect((await next).value).toBe(textOf(1))
    await told.return(undefined)
  })

  test('gives a sign of life while nothing happens, and ends when its time is over', async () => {
    const { bell, follow, wake } = service()
    const said: string[] = []
    const all = (async () => {
      for await (const text of follow(0)) said.push(text)
    })()
    for (let round = 0; round < LIFE / 1000 + 5; round++) {
      await tick()
      wake()
    }
    await all
    expect(said.filter(text => text === ': still here\n\n')).toHaveLength(7)
    expect(bell.listeners()).toBe(0)
  })

  test('begins now without Last-Event-ID, and answers 400 for one that is none', async () => {
    const { ask, keep } = service()
    await keep(loaded(2))
    const answer = await ask()
    expect(answer).toMatchObject({ status: 200, headers: { 'content-type': 'text/event-stream; charset=utf-8' } })
    const pieces = (answer.body as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]()
    await pieces.next()
    const next = pieces.next()
    await keep(loaded(3))
    expect(new TextDecoder().decode((await next).value)).toBe(textOf(2))
    for (const id of ['x', '-1', '1.5', '9'.repeat(16)]) expect((await ask({ 'last-event-id': id })).status).toBe(400)
  })

  test('is refused with 429 when an instance has its hands full', async () => {
    const { ask, bell } = service()
    for (let one = 0; one < MOST_STREAMS; one++) bell.listen('somebody')
    expect(await ask()).toMatchObject({ status: 429 })
  })

  test('is refused to who has enough of them, also when all are asked for at once', async () => {
    const { ask, bell } = service()
    const answers = await Promise.all(Array.from({ length: MOST_OF_OWNER + 5 }, () => ask()))
    const fine = answers.filter(({ status }) => status === 200)
    expect(fine).toHaveLength(MOST_OF_OWNER)
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(5)
    const body = (fine[0] as { body: AsyncIterable<Uint8Array> }).body[Symbol.asyncIterator]()
    await body.next()
    await body.return?.(undefined)
    expect(bell.listeners('ann')).toBe(MOST_OF_OWNER - 1)
    expect((await ask()).status).toBe(200)
  })

  test('takes no place for longer than its life when nobody reads it', async () => {
    const { ask, bell, wake } = service()
    await ask()
    expect(bell.listeners('ann')).toBe(1)
    wake()
    await tick()
    expect(bell.listeners('ann')).toBe(0)
  })
})

function tick(): Promise<false> {
  return new Promise(resolve => setImmediate(() => resolve(false)))
}
