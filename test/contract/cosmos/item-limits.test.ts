import { expect, it } from 'vitest'
import { refusal, throughEachDoor } from './doors.ts'

const nested = (levels: number) => JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`)

throughEachDoor('limits of an item', ({ newContainer }) => {
  it('are 128 levels of arrays and objects, however it is written', async () => {
    const container = await newContainer()
    const item = container.item('1', 'x')
    expect((await container.items.create({ id: '1', pk: 'x', deep: nested(128) })).statusCode).toBe(201)
    for (const levels of [129, 900, 3_000]) {
      const body = { id: '1', pk: 'x', deep: nested(levels) }
      expect(await refusal(container.items.create({ ...body, id: '2' }))).toMatchObject({ code: 400 })
      expect(await refusal(container.items.upsert(body))).toMatchObject({ code: 400 })
      expect(await refusal(item.replace(body))).toMatchObject({ code: 400 })
      expect(await refusal(item.patch([{ op: 'set', path: '/deep', value: body.deep }]))).toMatchObject({ code: 400 })
      const batch = container.items.batch([{ operationType: 'Upsert', resourceBody: body }], 'x')
      // So deep that the request itself is refused, and not the operation.
      if (levels > 1_000) await expect(batch).rejects.toThrow('deeper than 1000 levels')
      else expect((await batch).result?.[0]?.statusCode).toBe(400)
    }
    expect((await item.read()).resource).toMatchObject({ deep: nested(128) })
    expect((await container.item('2', 'x').read()).statusCode).toBe(404)
  })
})
