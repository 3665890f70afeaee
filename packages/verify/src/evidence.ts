import { defaultSettings } from '@remit/domain/settings'
import { factsIn, type TransferFacts } from '@remit/domain/transfer/facts'
import { append } from '@remit/event-store/append'
import { operationsOf } from '@remit/functions-projections/projection/project-operations'
import { canonicalItem, canonicalText } from './canonical-text.ts'
import type { Fingerprints } from './fingerprint.ts'
import type { Source, VerifiedContainer } from './source.ts'
import type { VerifiedAppend } from './stream.ts'
import { endsOf, recordOf, termsOf } from './texts.ts'
import type { Suspects } from './verdict.ts'

type Name = { readonly partition: string; readonly id: string }

/** All that is stored of one transfer. */
export type TransferEvidence = {
  readonly transferId: string
  readonly facts: (Name & { facts: TransferFacts })[]
  readonly steps: (Name & { type: string; terms: string })[]
  readonly views: (Name & { text: string })[]
}

/** All that is stored of one command. */
export type CommandEvidence = {
  readonly commandId: string
  readonly outcomes: (Name & { record: string; operation: string })[]
  readonly commands: (Name & { record: string })[]
  readonly operations: (Name & { text: string })[]
}

type Item = { readonly id: string; readonly [member: string]: unknown }

/** Reads everything again and keeps what is said of the suspects: only where there are some. */
export class Evidence {
  readonly transfers = new Map<string, TransferEvidence>()
  readonly commands = new Map<string, CommandEvidence>()
  readonly #print: Fingerprints
  readonly #suspects: Suspects
  readonly #until: number

  /** @param until appends stored after this are left out, as they were before; seconds since 1970. */
  constructor(print: Fingerprints, suspects: Suspects, until: number) {
    this.#print = print
    this.#suspects = suspects
    this.#until = until
  }

  async gather(source: Source): Promise<void> {
    const { transfers, commands } = this.#suspects
    await each(source, 'events', item => this.#fromAppend(item))
    if (transfers.size > 0) await each(source, 'transfers', item => this.#fromTransfer(item))
    if (commands.size === 0) return
    await each(source, 'commands', item => this.#fromCommand(item))
    await each(source, 'operations', item => this.#fromOperation(item))
  }

  #fromAppend(raw: Item): void {
    const parsed = append.safeParse(raw)
    if (!parsed.success || Number(raw._ts) > this.#until) return
    const item = raw as unknown as VerifiedAppend
    const name = { partition: item.streamId, id: item.id }
    const about = [...item.events.map(({ data }) => data), ...item.outcomes.map(({ data }) => data)]
    const named = about.some(data => this.#transfer((data as { transferId?: string } | undefined)?.transferId))
    const answered = item.outcomes.map(({ commandId }) => commandId)
    if (named || answered.some(id => this.#transfer(id))) {
      for (const facts of factsIn(item, defaultSettings.currency)) {
        this.#transfer(facts.transferId)?.facts.push({ ...name, facts })
      }
      for (const { type, data } of item.events) {
        if (endsOf[type] === undefined) continue
        const step = data as Parameters<typeof termsOf>[1]
        this.#transfer(step.transferId)?.steps.push({ ...name, type, terms: termsOf(item.streamId, step) })
      }
    }
    for (const [index, operation] of operationsOf(item).entries()) {
      const outcome = item.outcomes[index]
      if (outcome === undefined) continue
      const record = recordOf(item.streamId, outcome.commandId, outcome)
      this.#command(operation.id)?.outcomes.push({ ...name, record, operation: canonicalText(operation) })
    }
  }

  #fromTransfer(item: Item): void {
    const name = { partition: String(item.transferId), id: item.id }
    const { transferId } = item.facts as TransferFacts
    this.#transfer(transferId)?.views.push({ ...name, text: canonicalItem(item) })
  }

  #fromCommand(item: Item): void {
    const record = recordOf(String(item.streamId), item.id, item as unknown as Parameters<typeof recordOf>[2])
    this.#command(item.id)?.commands.push({ partition: String(item.streamId), id: item.id, record })
  }

  #fromOperation(item: Item): void {
    this.#command(item.id)?.operations.push({
      partition: String(item.accountId),
      id: item.id,
      text: canonicalItem(item),
    })
  }

  #transfer(transferId: string | undefined): TransferEvidence | undefined {
    if (transferId === undefined || this.#suspects.transfers.size === 0) return undefined
    const key = this.#print(transferId).join()
    if (!this.#suspects.transfers.has(key)) return undefined
    const known = this.transfers.get(key) ?? { transferId, facts: [], steps: [], views: [] }
    this.transfers.set(key, known)
    return known
  }

  #command(commandId: string): CommandEvidence | undefined {
    if (this.#suspects.commands.size === 0) return undefined
    const key = this.#print(commandId).join()
    if (!this.#suspects.commands.has(key)) return undefined
    const known = this.commands.get(key) ?? { commandId, outcomes: [], commands: [], operations: [] }
    this.commands.set(key, known)
    return known
  }
}

async function each(source: Source, container: VerifiedContainer, take: (item: Item) => void): Promise<void> {
  const parts = await source.parts(container)
  for (let part = 0; part < parts; part++) {
    for await (const page of source.read(container, part)) for (const item of page) take(item as Item)
  }
}
