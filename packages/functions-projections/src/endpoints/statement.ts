import { versioned } from '@remit/api/http/answer'
import { pageOf } from '@remit/api/http/cursor'
import { type Call, endpoint } from '@remit/api/http/endpoint'
import { accountIdIn } from '@remit/api/http/parameters'
import { summaryKey } from '@remit/api/resources/account'
import { textsOf } from '@remit/api/resources/details'
import type { StatementLineResource } from '@remit/api/resources/shapes'
import { accountSummary, type StatementEntry } from '@remit/api/views'
import { accountOf, type TransferId } from '@remit/domain/ids'
import { toWire } from '@remit/domain/money'
import { entriesWith, mustSee } from './accounts.ts'
import { type ReadingRoom, staff } from './context.ts'

/** `GET /v1/accounts/{id}/statement`: what moved the balance, newest first, each line with the balance after it. */
export function readStatement(room: ReadingRoom) {
  const rules = { roles: ['user', ...staff], key: 'ignored' } as const
  return endpoint(room.surroundings, rules, async (call: Call<undefined>) => {
    const account = accountIdIn(call.request)
    await mustSee(room, call, account)
    const asked = room.cursors.read(call.request, `statement of ${account}`)
    const { accounts } = room.reading.stores
    const summary = await accounts.read(summaryKey(account))
    const found = await entriesWith(accounts, account, 'line', asked)
    const { page, next } = pageOf(room.cursors, asked, found, ({ id }) => id)
    const lines = page.flatMap(({ line }) => (line ? [line] : []))
    const items = await withMemos(room, lines)
    const version = summary ? accountSummary.parse(summary).version : 0
    return versioned({ items, ...next }, version, call.request)
  })
}

async function withMemos(room: ReadingRoom, lines: StatementEntry[]): Promise<StatementLineResource[]> {
  const texted = lines.flatMap(({ text, transferId }) =>
    text === undefined || transferId === undefined ? [] : [transferId as TransferId],
  )
  const keys = texted.map(id => ({ partition: accountOf(id), id }))
  const texts = await textsOf(room.reading.stores.details, keys)
  const memos = new Map(texted.map((id, index) => [id as string, texts[index]?.memo]))
  return lines.map(({ text: _digest, ...line }) => {
    const memo = line.transferId === undefined ? undefined : memos.get(line.transferId)
    const amounts = { change: toWire(line.change), amount: toWire(line.amount), fee: toWire(line.fee) }
    const balance = toWire(line.balance)
    return { ...line, ...amounts, balance, ...(memo === undefined ? {} : { memo }) } as StatementLineResource
  })
}
