/**
 * Why a command may be refused: a closed list in order of precedence. Where several reasons hold, the first one here is
 * given. Stored names: they stand in events for ever, so a name is never changed or reused.
 *
 * `final`: the same wish under another key would be refused again, as far as anyone can tell.
 * `may_differ`: another try, later, may find another state of the account.
 */
export const refusals = {
  account_not_found: 'may_differ',
  account_closed: 'may_differ',
  account_frozen: 'may_differ',
  same_account: 'final',
  amount_out_of_range: 'final',
  insufficient_credits: 'may_differ',
  balance_limit: 'may_differ',
  too_many_holds: 'may_differ',
  transfer_not_held: 'final',
  review_expired: 'final',
  review_not_due: 'may_differ',
  reviewer_is_party: 'final',
  account_not_empty: 'may_differ',
  discarded: 'may_differ',
} as const satisfies Record<string, 'final' | 'may_differ'>

export type Refusal = keyof typeof refusals

/** The list as an array, first reason first. */
export const refusalOrder = Object.keys(refusals) as Refusal[]
