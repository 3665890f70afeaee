import type { Minor, PartsPerMillion } from './money.ts'

/** The figures of the business. Rules get them as data and never read the environment. */
export type Settings = {
  /** ISO 4217 code of the one currency there is today. */
  readonly currency: string
  /** Fee on a load. */
  readonly loadFee: PartsPerMillion
  /** A single load above this amount is free; exactly this amount pays. */
  readonly freeLoadAbove: Minor
  /** Fee on a payment to a merchant, taken from what the merchant receives. */
  readonly merchantFee: PartsPerMillion
  /** From this amount on a transfer is significant: one reviewer must accept it. */
  readonly reviewFrom: Minor
  /** From this amount on two different reviewers must accept it. */
  readonly secondReviewFrom: Minor
  /** How long a held transfer waits for people, in milliseconds. */
  readonly reviewPeriod: number
  /** The largest amount one command may move. The smallest is 1. */
  readonly maxAmount: Minor
  /** A load or receipt that would lift a balance above this is refused. */
  readonly maxBalance: Minor
  /** Open holds one account may have at a time. */
  readonly maxHolds: number
}

const HOUR = 3_600_000

export const defaultSettings: Settings = {
  currency: 'EUR',
  loadFee: 200,
  freeLoadAbove: 500_00,
  merchantFee: 250,
  reviewFrom: 1_000_00,
  secondReviewFrom: 10_000_00,
  reviewPeriod: 24 * HOUR,
  maxAmount: 1_000_000_000_000,
  maxBalance: 9_000_000_000_000_000,
  maxHolds: 200,
}
