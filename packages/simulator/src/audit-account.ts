import { type AccountAnswer, accountAnswer, type StatementLine, statementLine, transferAnswer } from './answers.ts'
import { auditStatement } from './audit-statement.ts'
import type { Book, Books } from './books.ts'
import { allPages } from './pages.ts'
import type { Reader } from './settle.ts'

export type AccountFindings = {
  readonly balance: bigint
  readonly held: bigint
  /** What is not as it should be; empty is good. */
  readonly faults: readonly string[]
}

type Needs = Pick<Reader, 'callers' | 'auditor'> & Pick<Books, 'ends'>

/** Reads one account back, with its whole statement and all its transfers, and compares it with its book. */
export async function auditAccount({ callers, auditor, ends }: Needs, book: Book): Promise<AccountFindings> {
  const { accountId } = book.holder
  const path = `/v1/accounts/${accountId}`
  try {
    const answer = await callers.send(auditor, { method: 'GET', path })
    const { success, data } = accountAnswer.safeParse(answer.body)
    if (answer.status !== 200 || !success) throw new Error(`GET ${path} answered ${answer.status} and no account`)
    const lines = await linesOf({ callers, auditor }, path)
    const listed = await allPages({ callers, as: auditor, path: `/v1/transfers?account=${accountId}` })
    const faults = [
      ...balanceFaults(book, data),
      ...auditStatement(book, lines, data.balance),
      ...listFaults(ends, book, listed),
    ]
    return { balance: data.balance, held: data.held, faults }
  } catch (error) {
    if (!(error instanceof Error) || error.name === 'Unreachable') throw error
    return { balance: 0n, held: 0n, faults: [error.message] }
  }
}

async function linesOf({ callers, auditor }: Pick<Needs, 'callers' | 'auditor'>, path: string) {
  const items = await allPages({ callers, as: auditor, path: `${path}/statement` })
  return items.map((item): StatementLine => {
    const { success, data } = statementLine.safeParse(item)
    if (!success) throw new Error(`GET ${path}/statement has a line without the shape it should have`)
    return data
  })
}

function balanceFaults(book: Book, account: AccountAnswer): string[] {
  const expected = {
    accountId: book.holder.accountId,
    owner: book.holder.owner,
    kind: book.holder.kind,
    status: 'open',
    balance: book.balance,
    held: book.held,
    available: book.balance - book.held,
  }
  return Object.entries(expected).flatMap(([member, value]) => {
    const found = account[member as keyof typeof expected]
    return found === value ? [] : [`${member} is ${found} and should be ${value}`]
  })
}

/** Each transfer exactly once on the pages of the list, and the same there as by itself. */
function listFaults(ends: Books['ends'], book: Book, items: readonly unknown[]): string[] {
  const faults: string[] = []
  const seen = new Set<string>()
  for (const item of items) {
    const { success, data } = transferAnswer.safeParse(item)
    if (!success) {
      faults.push('the list of transfers has one without the shape it should have')
      continue
    }
    const { transferId, status } = data
    if (seen.has(transferId)) faults.push(`transfer ${transferId} is on the list twice`)
    seen.add(transferId)
    if (!book.transfers.has(transferId) && !book.maybe.has(transferId)) {
      faults.push(`transfer ${transferId} is on the list and was never asked for`)
    } else if (ends.get(transferId) !== status) {
      faults.push(`transfer ${transferId} is ${status} on the list and ${ends.get(transferId)} by itself`)
    }
  }
  for (const id of book.transfers) if (!seen.has(id)) faults.push(`transfer ${id} is missing on the list`)
  return faults
}
