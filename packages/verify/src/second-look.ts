import { summaryOf } from '@remit/api/resources/account'
import type { AccountId } from '@remit/domain/ids'
import { entriesOf } from '@remit/functions-projections/projection/entries'
import { ownedAccount } from '@remit/functions-projections/projection/project-operations'
import { canonicalItem, canonicalText } from './canonical-text.ts'
import type { Finding } from './finding.ts'
import { cutOff } from './reader.ts'
import type { Source } from './source.ts'
import { newStream, takeAppend } from './stream.ts'

type Item = { readonly id: string; readonly append?: number; readonly owner?: string }

/** Reads one account again, and names each item of its view that is not what its events give. */
export async function lookAtAccount(source: Source, accountId: string): Promise<Finding[]> {
  const found = (await source.partition('accounts', accountId)) as Item[]
  const summary = found.find(({ id }) => id === 'summary')
  const shown = summary?.append ?? 0
  const expected = await expectedItems(source, accountId, shown)
  const findings: Finding[] = []
  const say = (id: string, says: string) => {
    findings.push({ container: 'accounts', partition: accountId, id, rule: 'view', says })
  }
  if (expected.number < shown && found.length > 0) {
    if (expected.number === 0) say('summary', 'its account has no events')
    else findings.push(cutOff(accountId, expected.number, `the view has append ${shown}`))
  }
  if (summary === undefined && expected.number > 0) say('summary', 'it is missing')
  const seen = new Set<string>()
  for (const item of found) {
    const text = expected.items.get(item.id)
    if (seen.has(item.id)) say(item.id, 'it is there twice')
    else if (text === undefined) say(item.id, 'no event gives it')
    else if (canonicalItem(item) !== text) say(item.id, `the events give ${text}`)
    seen.add(item.id)
  }
  for (const id of expected.items.keys()) if (!seen.has(id)) say(id, 'it is missing')
  return findings
}

/** The view of one account after its append number `shown`. */
async function expectedItems(source: Source, accountId: string, shown: number) {
  const items = new Map<string, string>()
  const stream = newStream(accountId)
  for (const item of await source.partition('events', accountId)) {
    const sound = takeAppend(stream, item, () => {})
    if (sound === undefined || stream.number > shown) continue
    for (const entry of entriesOf(sound, sound.id, stream.balanceBefore)) items.set(entry.id, canonicalText(entry))
    if (stream.number !== shown) continue
    const at = { append: stream.number, version: stream.version }
    items.set('summary', canonicalText(summaryOf(accountId as AccountId, stream.state, at)))
  }
  return { items, number: stream.number }
}

/** Names each item of the owners view that is not what the events of these accounts give. */
export async function lookAtOwners(source: Source, accounts: readonly string[]): Promise<Finding[]> {
  const expected = new Map<string, { owner: string; text: string }>()
  for (const accountId of accounts) {
    const stream = newStream(accountId)
    for (const item of await source.partition('events', accountId)) {
      const sound = takeAppend(stream, item, () => {})
      for (const event of sound?.events ?? []) {
        if (sound === undefined || event.type !== 'AccountOpened') continue
        const { owner } = event.data
        expected.set(accountId, { owner, text: canonicalText(ownedAccount(accountId, owner, sound.at)) })
      }
    }
  }
  const findings: Finding[] = []
  const say = (partition: string, id: string, says: string) => {
    findings.push({ container: 'owners', partition, id, rule: 'view', says })
  }
  const suspected = new Set(accounts)
  const seen = new Set<string>()
  for (let part = 0; part < (await source.parts('owners')); part++) {
    for await (const page of source.read('owners', part)) {
      for (const item of page as Item[]) {
        if (!suspected.has(item.id)) continue
        const { text } = expected.get(item.id) ?? {}
        const owner = String(item.owner)
        if (seen.has(item.id)) say(owner, item.id, 'it is there twice')
        else if (text === undefined) say(owner, item.id, 'no event gives it')
        else if (canonicalItem(item) !== text) say(owner, item.id, `the events give ${text}`)
        seen.add(item.id)
      }
    }
  }
  for (const [id, { owner }] of expected) if (!seen.has(id)) say(owner, id, 'it is missing')
  return findings
}
