import type { Container, JSONValue } from '@azure/cosmos'
import { beforeAll, expect, it } from 'vitest'
import { throughEachDoor } from './doors.ts'

/** An expression and what it comes to; an expression alone is undefined. */
export type Row = readonly [expression: string, value?: JSONValue]

/** Tests through each door what expressions without any item come to. */
export function expectValues(group: string, rows: readonly Row[]): void {
  throughEachDoor(group, ({ newContainer }) => {
    let container: Container
    beforeAll(async () => {
      container = await newContainer()
    })

    it.each(rows.map(([expression, value]) => ({ expression, value })))(
      '$expression',
      async ({ expression, value }) => {
        const query = `SELECT VALUE {"it": ${expression}}`
        const { resources } = await container.items.query(query, { partitionKey: 'x' }).fetchAll()
        expect(resources).toStrictEqual([value === undefined ? {} : { it: value }])
      },
    )
  })
}
