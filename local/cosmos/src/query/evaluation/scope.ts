import type { Parameters } from '../syntax/parameters.ts'
import type { Query } from '../syntax/syntax.ts'
import type { AggregateSlot } from './aggregates.ts'
import { maxRowsVisited } from './limits.ts'

export type Budget = { rows: number }

type Grouping = { query: Query; aggregates: AggregateSlot[]; keys: Set<string> }

/** Which name stands for which slot while a query is compiled. Slot 0 is the item itself. */
export class Scope {
  readonly parameters: Parameters
  readonly grouping: Grouping | undefined
  private readonly names: Map<string, number>
  private readonly parent: Scope | undefined
  private readonly slots: { next: number }
  /** Rows that may still be looked at; one count for the query and all its subqueries. */
  readonly budget: Budget
  private container: string | undefined

  constructor(
    parameters: Parameters,
    parent?: Scope,
    shared?: { names: Map<string, number>; grouping: Grouping | undefined },
  ) {
    this.parameters = parameters
    this.parent = shared === undefined ? parent : parent?.parent
    this.names = shared?.names ?? new Map()
    this.grouping = shared?.grouping
    this.slots = parent?.slots ?? { next: 1 }
    this.budget = parent?.budget ?? { rows: maxRowsVisited }
  }

  get isTop(): boolean {
    return this.parent === undefined
  }

  /** For a subquery. */
  inner(): Scope {
    return new Scope(this.parameters, this)
  }

  /** For the SELECT of a grouped query: only aggregates and the keys of GROUP BY have a value there. */
  grouped(grouping: Grouping): Scope {
    return new Scope(this.parameters, this, { names: this.names, grouping })
  }

  /** The same names without the rules of grouping: inside an aggregate, or inside a key of GROUP BY. */
  ungrouped(): Scope {
    return this.grouping === undefined
      ? this
      : new Scope(this.parameters, this, { names: this.names, grouping: undefined })
  }

  newSlot(): number {
    return this.slots.next++
  }

  bind(alias: string): number {
    const slot = this.newSlot()
    this.names.set(alias, slot)
    return slot
  }

  bindTo(alias: string, slot: number): void {
    this.names.set(alias, slot)
  }

  /** The first FROM names the container in whatever way it likes. */
  openContainer(name: string | undefined): void {
    this.container = name
  }

  closeContainer(): void {
    this.container = undefined
  }

  slotOf(name: string): number | undefined {
    if (this.container === name) return 0
    return this.names.get(name) ?? this.parent?.slotOf(name) ?? (name === documentName ? 0 : undefined)
  }
}

/** A name for the item that rewritten queries use where the statement has none for it. */
export const documentName = '$document'
