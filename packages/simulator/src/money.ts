/** Amounts of the second ledger: whole minor units as `bigint`, so that no sum can ever round. */
export type Minor = bigint

const PARTS = 1_000_000n
/** 0.02 % of a load, in parts per million. */
const LOAD_RATE = 200n
/** A single load above this is free; exactly this pays. */
const FREE_LOAD_ABOVE = 50_000n
/** 0.025 % of a payment, paid by the merchant out of what it receives. */
const MERCHANT_RATE = 250n

function share(amount: Minor, rate: bigint): Minor {
  return (amount * rate + PARTS / 2n) / PARTS
}

/** What a load costs, rounded half up to the minor unit. */
export function loadFee(amount: Minor): Minor {
  return amount > FREE_LOAD_ABOVE ? 0n : share(amount, LOAD_RATE)
}

/** What the receiver pays of a payment, rounded half up to the minor unit; persons receive for free. */
export function paymentFee(amount: Minor, receiver: 'personal' | 'merchant' | undefined): Minor {
  return receiver === 'merchant' ? share(amount, MERCHANT_RATE) : 0n
}

/** For people: `-1234n` is `-12.34`. */
export function readable(amount: Minor): string {
  const digits = String(amount < 0n ? -amount : amount).padStart(3, '0')
  const whole = digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, ',')
  return `${amount < 0n ? '-' : ''}${whole}.${digits.slice(-2)}`
}
