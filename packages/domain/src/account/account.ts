import type { Decider } from '../decider.ts'
import type { Refusal } from '../refusals.ts'
import type { Settings } from '../settings.ts'
import type { AccountCommand } from './commands.ts'
import { decideAccount } from './decide.ts'
import { type AccountEvent, accountEvent } from './events.ts'
import { evolve } from './evolve.ts'
import { type Account, unopened } from './state.ts'

/** The rule of an account under the given figures. */
export function accountRule(settings: Settings): Decider<Account, AccountCommand, AccountEvent, Refusal> {
  return {
    reducer: 'account-1',
    initial: unopened,
    decide: (command, account) => decideAccount(settings, command, account),
    evolve,
    parse: stored => accountEvent.parse(stored),
  }
}
