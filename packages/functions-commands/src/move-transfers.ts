import { ComeAgain, park } from '@remit/api/parking'
import { timeOf, type World } from '@remit/api/ports'
import type { Documents } from '@remit/documents/documents'
import type { AccountCommand } from '@remit/domain/account/commands'
import type { Recorded } from '@remit/domain/account/recorded'
import type { Settings } from '@remit/domain/settings'
import { factsIn, type TransferFacts } from '@remit/domain/transfer/facts'
import { owed } from '@remit/domain/transfer/process'
import { type Append, append } from '@remit/event-store/append'
import { asCommand, type Wanted } from './door.ts'

export type Moving = {
  readonly commands: Documents
  readonly parked: Documents
  readonly world: World
  readonly settings: Settings
}

type Cause = Pick<Wanted, 'correlationId' | 'causationId' | 'traceparent'>

/**
 * Sends at once what each transfer is owed by what was just recorded. Fed by the change feed of `events`; asking again
 * is harmless, because the ids of the commands are derived.
 *
 * @throws ComeAgain when the store did not take them all.
 */
export async function moveTransfers(moving: Moving, items: readonly unknown[]): Promise<void> {
  const wanted: AccountCommand[] = []
  for (const item of items) {
    try {
      wanted.push(...owedBy(moving, item))
    } catch (error) {
      await park(moving, item, { handler: 'moveTransfers', error })
    }
  }
  await sendOwed(moving, wanted)
}

/** The commands owed by what one append records. Throws where nobody can read it. */
export function owedBy(moving: Moving, item: unknown): AccountCommand[] {
  const recorded = append.parse(item)
  const facts = factsIn(recorded as Append & Recorded, moving.settings.currency)
  return facts.flatMap(one => owedCommands(moving, one, causeOf(recorded, one)))
}

/** What is sent next belongs to the trace of the command that caused it. */
function causeOf(recorded: Append, facts: TransferFacts): Cause {
  const { events, outcomes, streamId, id } = recorded
  const about = (data: unknown) => (data as { transferId?: string } | undefined)?.transferId === facts.transferId
  const commandId = events.findLast(({ data }) => about(data))?.commandId
  const outcome = outcomes.find(one => (commandId === undefined ? about(one.data) : one.commandId === commandId))
  const traceparent = outcome?.traceparent
  return {
    correlationId: facts.correlationId ?? outcome?.correlationId ?? recorded.correlationId,
    causationId: `${streamId}/${id}`,
    ...(traceparent === undefined ? {} : { traceparent }),
  }
}

/** The commands a transfer is owed by now, as the process sends them. Throws where one would be none. */
export function owedCommands(moving: Moving, facts: TransferFacts, cause: Cause): AccountCommand[] {
  const actor = { kind: 'process', id: 'transfers' } as const
  return owed(facts, timeOf(moving.world)).map(command => asCommand(moving, { ...command, actor, ...cause }))
}

/** For a derived id an existing command is the answer, whatever it says: a conflict means that it was sent before. */
export async function sendOwed(moving: Moving, owed: readonly AccountCommand[]): Promise<void> {
  if (owed.length === 0) return
  const writes = owed.map(item => ({ kind: 'create', item }) as const)
  const results = await moving.commands.writeEach(writes)
  const missing = results.filter(({ result }) => result !== 'written' && result !== 'conflict')
  if (missing.length > 0) throw new ComeAgain(`${missing.length} owed commands could not be stored`)
}
