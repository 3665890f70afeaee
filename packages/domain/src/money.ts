/** Money is a whole number of minor units (cents), always a safe integer; on the wire a string of digits. */
export type Minor = number

/** Parts per million, the unit of every fee rate: 200 is 0.02 %. */
export type PartsPerMillion = number

const PARTS = 1_000_000

/**
 * The fee on an amount, rounded half up to the minor unit. Exact for amounts up to 10^12 and rates up to 9,000 ppm,
 * because amount x rate stays a safe integer.
 *
 * @throws RangeError when the product is no safe integer.
 */
export function feeOn(amount: Minor, rate: PartsPerMillion): Minor {
  const parts = exactly(amount * rate)
  return Math.floor(exactly(parts + PARTS / 2) / PARTS)
}

/**
 * Adds amounts exactly.
 *
 * @throws RangeError when the sum is no safe integer: a defect, never a refusal, so the command is parked and not lost.
 */
export function sum(...amounts: Minor[]): Minor {
  return amounts.reduce((total, amount) => exactly(total + amount), 0)
}

/** The wire form of an amount: digits, with a leading minus where a change takes away. */
export function toWire(amount: Minor): string {
  return String(exactly(amount))
}

/** Reads the wire form. The caller's schema has checked the digits. */
export function fromWire(text: string): Minor {
  return exactly(Number(text))
}

function exactly(amount: number): Minor {
  if (!Number.isSafeInteger(amount)) throw new RangeError(`${amount} is not a whole, exactly represented amount`)
  return amount
}
