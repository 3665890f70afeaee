/** Minor units as digits, in the reader's own way of writing money: no float comes near them. */
export function formatMoney(minor: string, currency: string, locale?: string): string {
  const format = new Intl.NumberFormat(locale, { style: 'currency', currency })
  const places = format.resolvedOptions().maximumFractionDigits ?? 2
  const digits = minor.padStart(places + 1, '0')
  const whole = digits.slice(0, digits.length - places)
  const fraction = digits.slice(digits.length - places)
  return format.format((places === 0 ? whole : `${whole}.${fraction}`) as Intl.StringNumericLiteral)
}

/** The sum of amounts, as digits again. */
export function sumOf(amounts: readonly string[]): string {
  return String(amounts.reduce((total, amount) => total + BigInt(amount), 0n))
}
