import { createHash } from 'node:crypto'
import type { Append } from '@remit/event-store/append'
import { expect } from 'vitest'
import { type Counter, type CounterEvent, counterRule } from './counter.ts'

/** Everything that is true of every stream, recomputed here without the code under test. */
export function expectWhole(appends: readonly Append[]): Counter {
  const seen = new Set<string>()
  let version = 0
  let state = counterRule.initial
  let previousHash = ''
  let lastTs = 0
  for (const [index, item] of appends.entries()) {
    expect(item.id).toBe(String(index + 1).padStart(12, '0'))
    expect(item.from).toBe(version + 1)
    for (const event of item.events) {
      version += 1
      expect(event.version).toBe(version)
      state = counterRule.evolve(state, event as CounterEvent)
      expect(item.outcomes).toContainEqual(expect.objectContaining({ commandId: event.commandId, result: 'applied' }))
    }
    expect(item.to).toBe(version)
    for (const { commandId } of item.outcomes) {
      expect(seen, `two outcomes of ${commandId}`).not.toContain(commandId)
      seen.add(commandId)
    }
    expect(item.outcomes.length + (item.queued?.length ?? 0)).toBeGreaterThan(0)
    if (item.after.reducer !== '') expect(item.after.state).toEqual(state)
    expect(item.after.lastTs).toBeGreaterThanOrEqual(lastTs)
    lastTs = item.after.lastTs
    expect(item.previousHash).toBe(previousHash)
    expect(item.hash).toBe(hashOf(item))
    previousHash = item.hash
  }
  return state
}

export function hashOf({ hash: _hash, ...rest }: Append): string {
  return createHash('sha256')
    .update(JSON.stringify(inOrder(rest)))
    .digest('hex')
}

function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder)
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(members.map(([name, member]) => [name, inOrder(member)]))
}
