import { transferOf } from '@remit/api/resources/operation'
import type { Recorded } from '@remit/domain/account/recorded'
import type { Append } from '@remit/event-store/append'

/** A CloudEvent 1.0 as secondary services get it. Types and members are a public contract. */
export type News = {
  readonly id: string
  readonly source: string
  readonly type: string
  readonly subject: string
  readonly time: Date
  readonly data: { readonly [member: string]: unknown }
  readonly extensionAttributes?: { readonly traceparent: string }
}

/** The news in one append: each event, and each refusal, so that a client can be told of a failure at once. */
export function newsIn(recorded: Append & Recorded, source: string): News[] {
  const { streamId, at } = recorded
  const outcomes = new Map(recorded.outcomes.map(outcome => [outcome.commandId, outcome]))
  const common = (commandId: string) => {
    const traceparent = outcomes.get(commandId)?.traceparent
    return {
      source,
      time: new Date(at),
      ...(traceparent === undefined ? {} : { extensionAttributes: { traceparent } }),
    }
  }
  const events = recorded.events.map(({ version, type, data, commandId }) => ({
    id: `${streamId}/${version}`,
    type: `remit.${kebab(type)}.v1`,
    subject: subjectOf(streamId, (data as { transferId?: string }).transferId),
    data: { streamId, version, at, correlationId: outcomes.get(commandId)?.correlationId, ...(data as object) },
    ...common(commandId),
  }))
  const refusals = recorded.outcomes.flatMap(outcome => {
    if (outcome.result !== 'refused') return []
    const { commandId, type: command, reason, correlationId } = outcome
    const transferId = transferOf({ id: commandId, type: command, data: outcome.data })
    const about = transferId === undefined ? {} : { transferId }
    return {
      id: `${streamId}/${recorded.id}/${commandId}`,
      type: 'remit.command-refused.v1',
      subject: subjectOf(streamId, transferId),
      data: { streamId, append: Number(recorded.id), at, correlationId, commandId, command, reason, ...about },
      ...common(commandId),
    }
  })
  return [...events, ...refusals]
}

function subjectOf(streamId: string, transferId: string | undefined): string {
  return transferId === undefined ? `accounts/${streamId}` : `transfers/${transferId}`
}

function kebab(name: string): string {
  return name.replace(/(?<!^)[A-Z]/g, letter => `-${letter}`).toLowerCase()
}
