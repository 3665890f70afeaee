import { hash } from 'node:crypto'
import { accountRule } from '@remit/domain/account/account'
import type { Recorded } from '@remit/domain/account/recorded'
import type { Account } from '@remit/domain/account/state'
import { available, unopened } from '@remit/domain/account/state'
import { defaultSettings } from '@remit/domain/settings'
import { type Append, append, appendId, appendNumber } from '@remit/event-store/append'
import { canonicalContent, canonicalText } from './canonical-text.ts'
import type { Finding } from './finding.ts'
import { hashByRecord } from './wish-of-outcome.ts'

/** Only its fold is used, and a fold looks at no figure. */
const rule = accountRule(defaultSettings)

export type VerifiedAppend = Append & Recorded

/** How far one stream is proved. */
export type StreamState = {
  readonly id: string
  number: number
  version: number
  hash: string
  state: Account
  /** Its first fault was found: what follows proves nothing. */
  broken: boolean
  /** An append that does not follow the one before. Which of the two was altered, the next one tells. */
  unlinked: Finding | undefined
  /** Told of each append's balance before it. */
  balanceBefore: number
}

export function newStream(id: string): StreamState {
  return {
    id,
    number: 0,
    version: 0,
    hash: '',
    state: unopened,
    broken: false,
    unlinked: undefined,
    balanceBefore: 0,
  }
}

/** What breaks a rule in an append, and which item is to blame where it is not this one. */
type Fault = { readonly rule: string; readonly says: string; readonly id?: string }

/**
 * Proves the next append of a stream and folds it.
 *
 * @returns the append, when all that came so far is sound.
 */
export function takeAppend(
  stream: StreamState,
  item: unknown,
  report: (finding: Finding) => void,
): VerifiedAppend | undefined {
  const rawId = String((item as { id?: unknown } | null)?.id)
  const blame = ({ rule: broken, says, id = rawId }: Fault): Finding => {
    return { container: 'events', partition: stream.id, id, rule: broken, says }
  }
  if (stream.unlinked) {
    const follows = (item as Append).previousHash === stream.hash
    const culprit = follows ? stream.unlinked : { ...stream.unlinked, id: appendId(stream.number) }
    stream.unlinked = undefined
    report(culprit)
  }
  if (stream.broken) return undefined
  const parsed = append.safeParse(item)
  const fault = parsed.success
    ? (faultOfPlace(stream, parsed.data) ?? faultOfHash(item as Append) ?? faultInside(stream, item as Append))
    : { rule: 'parse', says: messageOf(parsed.error) }
  if (fault) {
    stream.broken = true
    report(blame(fault))
    return undefined
  }
  const sound = item as VerifiedAppend
  const linked = sound.previousHash === stream.hash
  if (!linked) {
    const says = `the append after it was made on one with hash ${short(sound.previousHash)}, this has ${short(stream.hash)}`
    stream.broken = true
    stream.unlinked = blame({ rule: 'chain', says, id: appendId(Math.max(1, stream.number)) })
  }
  stream.number += 1
  stream.version = sound.to
  stream.hash = sound.hash
  return linked ? sound : undefined
}

/** A stream has ended: says what only its end tells. */
export function endStream(stream: StreamState, report: (finding: Finding) => void): void {
  if (stream.unlinked) report(stream.unlinked)
  stream.unlinked = undefined
}

function faultOfPlace(stream: StreamState, item: Append): Fault | undefined {
  const [number, expected] = [appendNumber(item.id), stream.number + 1]
  if (number < expected) return { rule: 'number', says: `append ${number} comes again after ${stream.number}` }
  if (number > expected) {
    return { rule: 'number', says: `missing: append ${number} comes after ${stream.number}`, id: appendId(expected) }
  }
  return undefined
}

function faultOfHash(item: Append): Fault | undefined {
  const is = hash('sha256', canonicalContent(item), 'hex')
  return is === item.hash
    ? undefined
    : { rule: 'hash', says: `it says ${short(item.hash)}, its content has ${short(is)}` }
}

function faultInside(stream: StreamState, item: Append): Fault | undefined {
  const { from, to, events } = item
  if (from !== stream.version + 1 || to !== stream.version + events.length) {
    return { rule: 'versions', says: `it says ${from} to ${to}, with ${events.length} events after ${stream.version}` }
  }
  return faultOfOutcomes(stream, item) ?? fold(stream, item)
}

function faultOfOutcomes(stream: StreamState, { events, outcomes }: Append): Fault | undefined {
  const outcomeOf = new Map(outcomes.map(outcome => [outcome.commandId, outcome]))
  if (outcomeOf.size < outcomes.length) return { rule: 'at most once', says: 'it answers a command twice' }
  for (const { version, commandId } of events) {
    const result = outcomeOf.get(commandId)?.result
    if (result !== 'applied') return { rule: 'cause', says: `event ${version} has no applied command` }
  }
  for (const outcome of outcomes) {
    const { commandId, result, reason } = outcome
    const event = events.find(one => one.commandId === commandId)
    if (result === 'applied' && event === undefined) return { rule: 'cause', says: `${commandId} caused no event` }
    // What an operator discarded may be something nobody could read.
    if (reason === 'discarded') continue
    const hashed = hashByRecord(stream.id, outcome, event)
    if (hashed !== outcome.hash) return { rule: 'wish', says: `${commandId} wished for something else` }
  }
  return undefined
}

function fold(stream: StreamState, { from, events, after }: Append): Fault | undefined {
  let { state } = stream
  stream.balanceBefore = state.balance
  for (const [index, event] of events.entries()) {
    if (event.version !== from + index)
      return { rule: 'versions', says: `event ${event.version} is number ${from + index}` }
    try {
      state = rule.evolve(state, rule.parse(event))
      if (state.balance < 0) return { rule: 'balance', says: `${state.balance} after version ${event.version}` }
      if (available(state) < 0) return { rule: 'available', says: `${available(state)} after version ${event.version}` }
    } catch (error) {
      return { rule: 'parse', says: `event ${event.version}: ${messageOf(error)}` }
    }
  }
  const holds = Object.keys(state.holds).length
  if (holds > defaultSettings.maxHolds) return { rule: 'holds', says: `${holds} are open` }
  if (after.reducer === rule.reducer && !same(state, after.state)) {
    return { rule: 'fold', says: `it says ${canonicalText(after.state)}, its events give ${canonicalText(state)}` }
  }
  stream.state = state
  return undefined
}

/** Whether two values have the same JSON. */
export function same(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>]
  for (const name in left) if (!same(left[name], right[name])) return false
  for (const name in right) if (right[name] !== undefined && left[name] === undefined) return false
  return Array.isArray(a) === Array.isArray(b)
}

function short(digest: string): string {
  return digest === '' ? 'none' : `${digest.slice(0, 12)}…`
}

function messageOf(error: unknown): string {
  return String(error instanceof Error ? error.message : error)
    .replaceAll(/\s+/g, ' ')
    .slice(0, 300)
}
