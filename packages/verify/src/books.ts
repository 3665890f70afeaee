import { addCounts, countIn, Tally } from './tally.ts'

// What is known of each account, transfer and command after everything was read once: a few words each. What the events
// give is added and what the views show is taken away, so that in the end nothing is left, whatever the order.

/** Words kept of an account, and what its counts count. */
export const ofAccount = { entries: 0, owner: 2, append: 4, counts: 5, width: 6 } as const
export const accountCounts = { summary: 0, stream: 1, behind: 2, ahead: 3, owner: 4, missing: 5 } as const

export const ofTransfer = { facts: 0, terms: 2, counts: 4, width: 5 } as const
export const transferCounts = {
  asked: 0,
  sent: 1,
  received: 2,
  returned: 3,
  declined: 4,
  expired: 5,
  refused: 6,
  view: 7,
  moving: 8,
  bounced: 9,
} as const

export const ofCommand = { record: 0, operation: 2, counts: 4, width: 5 } as const
export const commandCounts = {
  stored: 0,
  outcome: 1,
  operation: 2,
  waiting: 3,
  queued: 4,
  moving: 5,
  parked: 6,
  discarded: 7,
} as const

/** Sums over all streams, in minor units. */
export type Sums = { balances: bigint; loads: bigint; fees: bigint; sent: bigint; received: bigint; returned: bigint }

export const noSums = (): Sums => ({ balances: 0n, loads: 0n, fees: 0n, sent: 0n, received: 0n, returned: 0n })

export type Books = {
  readonly accounts: Tally
  readonly transfers: Tally
  readonly commands: Tally
  readonly sums: Sums
}

export function newBooks(): Books {
  return {
    accounts: new Tally(ofAccount.width),
    transfers: new Tally(ofTransfer.width),
    commands: new Tally(ofCommand.width),
    sums: noSums(),
  }
}

/** Adds what another reader found. */
export function merge(into: Books, from: Books): void {
  absorb(into.accounts, from.accounts, [ofAccount.entries, ofAccount.owner], ofAccount.counts, ofAccount.append)
  absorb(into.transfers, from.transfers, [ofTransfer.facts, ofTransfer.terms], ofTransfer.counts)
  absorb(into.commands, from.commands, [ofCommand.record, ofCommand.operation], ofCommand.counts)
  for (const name of Object.keys(into.sums) as (keyof Sums)[]) into.sums[name] += from.sums[name]
}

function absorb(into: Tally, from: Tally, sums: readonly number[], counts: number, largest?: number): void {
  const key = new Uint32Array(4)
  for (const theirs of from.all()) {
    for (let word = 0; word < 4; word++) key[word] = from.words[theirs - 4 + word] ?? 0
    const mine = into.at(key)
    for (const word of sums) {
      const low = (into.words[mine + word] ?? 0) + (from.words[theirs + word] ?? 0)
      into.words[mine + word] = low
      const carry = low > 0xffff_ffff ? 1 : 0
      into.words[mine + word + 1] = (into.words[mine + word + 1] ?? 0) + (from.words[theirs + word + 1] ?? 0) + carry
    }
    addCounts(into.words, mine + counts, from.words[theirs + counts] ?? 0)
    if (largest !== undefined) {
      const most = Math.max(into.words[mine + largest] ?? 0, from.words[theirs + largest] ?? 0)
      into.words[mine + largest] = most
    }
  }
}

/** Whether a sum came out as nothing. */
export function isZero({ words }: Tally, at: number): boolean {
  return words[at] === 0 && words[at + 1] === 0
}

export function countsAt(tally: Tally, at: number): (field: number) => number {
  const word = tally.words[at] ?? 0
  return field => countIn(word, field)
}
