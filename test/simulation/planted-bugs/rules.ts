import type { Rule } from '../planted-bug.ts'
import type { Bugs } from './tools.ts'

export const inTheRules: Bugs = {
  'holds do not count against the balance': {
    rule: rule => ({
      ...rule,
      decide: (command, account) =>
        rule.decide(command, command.type === 'SendCredits' ? { ...account, holds: {} } : account),
    }),
  },
  'an expiry does not look whether the transfer is still held': {
    rule: rule => ({
      ...rule,
      decide: (command, account) => {
        const decided = rule.decide(command, account)
        if (command.type !== 'ExpireTransfer' || decided.result !== 'refused') return decided
        const { transferId, asOf } = command.data
        const data = { transferId, asOf, to: command.streamId, amount: 1, currency: 'EUR' }
        return { result: 'applied', events: [{ type: 'TransferExpired', data }] }
      },
    }),
  },
  'a frozen receiver swallows the credits': {
    rule: rule => ({
      ...rule,
      decide: (command, account) =>
        command.type === 'ReceiveCredits' && account.status === 'frozen'
          ? { result: 'no_effect' }
          : rule.decide(command, account),
    }),
  },
  'an account may overdraw a little': {
    rule: rule => ({
      ...rule,
      decide: (command, account) =>
        rule.decide(
          command,
          command.type === 'SendCredits' ? { ...account, balance: account.balance + 1_000 } : account,
        ),
    }),
  },
  'the fee of a load is rounded down': {
    rule: changing('CreditsLoaded', data => ({ ...data, fee: Math.floor((Number(data.amount) * 2) / 10_000) })),
  },
  'merchants pay no fee': { rule: changing('CreditsReceived', data => ({ ...data, fee: 0 })) },
  'a receiver gets more than was sent': {
    rule: changing('CreditsReceived', data => ({ ...data, amount: Number(data.amount) + 1 })),
  },
  'a closed account refuses what is owed to it': {
    rule: rule => ({
      ...rule,
      decide: (command, account) =>
        command.type === 'ReturnCredits' && account.status === 'closed'
          ? { result: 'refused', reason: 'account_closed' }
          : rule.decide(command, account),
    }),
  },
  'a declined transfer stays held': {
    rule: rule => ({
      ...rule,
      evolve: (account, event) => (event.type === 'TransferDeclined' ? account : rule.evolve(account, event)),
    }),
  },
  'a transfer is declined after it was sent': {
    rule: rule => ({
      ...rule,
      decide: (command, account) => {
        const decided = rule.decide(command, account)
        if (command.type !== 'DeclineTransfer' || decided.result !== 'refused') return decided
        const { transferId } = command.data
        const data = { transferId, to: command.streamId, amount: 1, currency: 'EUR', by: 'rita' }
        return { result: 'applied', events: [{ type: 'TransferDeclined', data }] }
      },
    }),
  },
}

type Data = Record<string, unknown>

/** A rule whose events of one type say something else. */
function changing(type: string, change: (data: Data) => Data) {
  return (rule: Rule): Rule => ({
    ...rule,
    decide: (command, account) => {
      const decided = rule.decide(command, account)
      if (decided.result !== 'applied') return decided
      const events = decided.events.map(event => (event.type === type ? { ...event, data: change(event.data) } : event))
      return { ...decided, events } as unknown as typeof decided
    },
  })
}
