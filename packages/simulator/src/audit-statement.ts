import type { StatementLine } from './answers.ts'
import { type Book, type ExpectedLine, lineKey } from './books.ts'
import type { Minor } from './money.ts'

/**
 * Compares a statement, newest line first, with a book: every line exactly once and as it must be, each balance the
 * one before plus the change, never below zero, and the last one the balance of the account.
 *
 * @returns what is not as it should be.
 */
export function auditStatement(book: Book, lines: readonly StatementLine[], balance: Minor): string[] {
  const faults: string[] = []
  const seen = new Set<string>()
  let running = 0n
  let version = 0
  for (const line of lines.toReversed()) {
    const where = `statement line ${line.version}`
    if (line.version <= version) faults.push(`${where} follows line ${version}`)
    version = line.version
    running += line.change
    if (line.balance !== running) faults.push(`${where}: the balance is ${line.balance} and should be ${running}`)
    // One wrong balance is one fault, and not one for each line that follows.
    running = line.balance
    if (line.balance < 0n) faults.push(`${where}: the balance is below zero`)
    faults.push(...lineFaults(book, seen, line).map(fault => `${where}: ${fault}`))
  }
  for (const [key, expected] of book.lines) {
    if (!seen.has(key)) faults.push(`the statement lacks the line ${key}, which changes ${expected.change}`)
  }
  if (running !== balance) faults.push(`the statement ends at ${running} and the balance is ${balance}`)
  return faults
}

function lineFaults(book: Book, seen: Set<string>, line: StatementLine): string[] {
  const key = lineKey({ type: line.type, about: line.transferId ?? line.operationId ?? '' })
  const expected = book.lines.get(key)
  if (expected === undefined) return [`${key} was never asked for`]
  if (seen.has(key)) return [`${key} stands there twice`]
  seen.add(key)
  const members = ['change', 'amount', 'fee', 'counterparty'] as const satisfies (keyof ExpectedLine)[]
  return members.flatMap(member =>
    line[member] === expected[member] ? [] : [`${key}: ${member} is ${line[member]} and should be ${expected[member]}`],
  )
}
