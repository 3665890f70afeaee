import type { Documents, Write } from '@remit/documents/documents'
import type { Rule } from './planted-bug.ts'
import type { FaultSource } from './wire.ts'

/** The code that is deployed: perhaps with defects, which a later version has not. */
export class Code {
  readonly #faults: FaultSource
  #cannotDecide: boolean
  #cannotProject: boolean

  constructor(faults: FaultSource) {
    this.#faults = faults
    this.#cannotDecide = faults.happens('defect')
    this.#cannotProject = faults.happens('viewDefect')
  }

  /** From now on it has no defects. */
  mend(): void {
    this.#cannotDecide = false
    this.#cannotProject = false
  }

  /** The rule of the version that starts now: perhaps a newer one that folds under another name. */
  version(): (rule: Rule) => Rule {
    const newer = this.#faults.happens('upgrade')
    return rule => ({
      ...rule,
      reducer: newer ? `${rule.reducer} newer` : rule.reducer,
      decide: (command, account) => {
        const { amount = 0 } = command.data as { amount?: number }
        if (this.#cannotDecide && amount % 11 === 3) throw new TypeError('a defect of this version')
        return rule.decide(command, account)
      },
    })
  }

  /** The view of accounts, as this code writes it. */
  projecting(accounts: Documents): Documents {
    const hurts = ({ item }: Write) => Number((item.line as { amount?: number } | undefined)?.amount) % 11 === 5
    return {
      ...accounts,
      writeTogether: (partition, writes) => {
        if (this.#cannotProject && writes.some(hurts)) throw new TypeError('a defect of this version')
        return accounts.writeTogether(partition, writes)
      },
    }
  }
}
