import { mayHelpAgain, Refused } from './answers.ts'
import type { Api, Operation, Transfer } from './api.ts'
import { type Machine, pause } from './machine.ts'

export type Wish = {
  readonly kind: 'accept' | 'decline'
  /** A note, or the reason. */
  readonly text: string
  /** One for each click: however often it has to be sent, it is the same wish. */
  readonly key: string
}

/** What is known after a decision was sent. */
export type Answered = {
  readonly result: Operation | Refused
  /** How the transfer stands afterwards. */
  readonly transfer: Transfer
}

/** Pauses before the same wish is sent again, in milliseconds. */
const PAUSES = [500, 1_000, 2_000, 4_000]
/** So often an operation that is not decided yet is looked at, and the pause between two looks. */
const LOOKS = 10
const LOOK = 1_000

/**
 * Sends a decision until there is an answer, and then reads what is true: somebody else may have been first.
 *
 * @throws OutOfReach, or Refused where that may pass, when no attempt was answered. The wish can be sent again as it is.
 */
export async function decide(
  api: Pick<Api, 'approve' | 'decline' | 'operation' | 'transfer'>,
  { transferId }: Pick<Transfer, 'transferId'>,
  { wish, machine }: { readonly wish: Wish; readonly machine: Pick<Machine, 'later'> },
): Promise<Answered> {
  const send = wish.kind === 'accept' ? api.approve : api.decline
  const again = <Value>(ask: () => Promise<Value>) => persistently(ask, machine)
  const result = await again(() => send(transferId, wish.text, wish.key)).catch((error: unknown) => {
    if (error instanceof Refused && !mayHelpAgain(error) && error.status !== 401) return error
    throw error
  })
  const known = result instanceof Refused ? result : await settled(result, { api, machine })
  return { result: known, transfer: await again(() => api.transfer(transferId)) }
}

async function persistently<Value>(ask: () => Promise<Value>, machine: Pick<Machine, 'later'>): Promise<Value> {
  for (const wait of PAUSES) {
    try {
      return await ask()
    } catch (error) {
      if (!mayHelpAgain(error)) throw error
      await pause(machine, wait)
    }
  }
  return ask()
}

type Looking = { readonly api: Pick<Api, 'operation'>; readonly machine: Pick<Machine, 'later'> }

async function settled(operation: Operation, { api, machine }: Looking): Promise<Operation> {
  let found = operation
  for (let look = 0; look < LOOKS && found.status === 'pending'; look++) {
    await pause(machine, LOOK)
    found = await api.operation(found.operationId).catch(() => found)
  }
  return found
}
