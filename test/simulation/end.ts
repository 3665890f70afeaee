import type { StoredItem } from '@remit/documents/documents'
import { type Ledger, Violation } from './ledger.ts'
import type { System } from './system.ts'
import type { Workload } from './workload.ts'

const ENDED = ['completed', 'refused', 'declined', 'expired', 'returned']

/** After healing: every accepted command has its outcome, every transfer its end, and every view says so. */
export function checkEnd(system: System, ledger: Ledger, workload: Workload): void {
  const must = (condition: boolean, what: string) => {
    if (!condition) throw new Violation(what)
  }
  must(system.behind === 0, `${system.behind} changes were never handled`)
  for (const id of ledger.commandIds) must(ledger.outcomes.has(id), `command ${id} has no outcome`)
  must(ledger.inTransit === 0, `${ledger.inTransit} are still in transit`)
  const parked = stillParked(system)
  must(parked.length === 0, `${parked[0]?.id} is parked: ${parked[0]?.why}`)
  for (const id of ledger.eventIds) must(system.eventGrid.published.has(id), `${id} was never published`)
  checkTransfers(system, ledger, workload, must)
  checkAccounts(system, ledger, workload, must)
  const operations = new Map(system.view('operations').map(item => [item.id, item]))
  for (const [id, { result }] of ledger.outcomes) {
    must(operations.get(id)?.status === result, `operation ${id} does not show ${result}`)
  }
  const waiting = system.containers.reviews.documents.all().filter(item => item.waiting)
  must(waiting.length === 0, `${waiting[0]?.id} still waits for a reviewer`)
}

/** Whether nothing is left to happen, so that nobody needs to wait any longer. */
export function isSettled(system: System, ledger: Ledger): boolean {
  if (system.behind > 0 || system.eventGrid.undelivered > 0 || ledger.inTransit > 0) return false
  if (ledger.commandCount > ledger.outcomes.size || ledger.eventIds.size > system.eventGrid.published.size) return false
  if ([...ledger.held.values()].some(holds => holds.size > 0)) return false
  return stillParked(system).length === 0
}

function stillParked(system: System): StoredItem[] {
  return system.containers.parked.documents.all().filter(({ open }) => open === true)
}

type Must = (condition: boolean, what: string) => void

function checkTransfers(system: System, ledger: Ledger, workload: Workload, must: Must): void {
  const views = new Map(system.view('transfers').map(item => [item.id, item]))
  for (const { id } of workload.transfers) {
    const status = String(views.get(id)?.status)
    must(ENDED.includes(status), `transfer ${id} shows ${status}`)
    const ends: Record<string, string> = {
      CreditsReceived: 'completed',
      CreditsReturned: 'returned',
      TransferDeclined: 'declined',
      TransferExpired: 'expired',
    }
    const end = ends[ledger.ends.get(id) ?? ''] ?? 'refused'
    must(status === end, `transfer ${id} shows ${status} and is ${end}`)
    must(views.get(id)?.attentionAt === undefined, `transfer ${id} still asks for attention`)
  }
}

/** A second ledger from what clients asked for and what became of it, with fees of its own making. */
function checkAccounts(system: System, ledger: Ledger, workload: Workload, must: Must): void {
  const items = system.view('accounts')
  const summaries = new Map(items.filter(({ id }) => id === 'summary').map(item => [String(item.accountId), item]))
  const status = new Map(system.view('transfers').map(item => [item.id, item.status]))
  for (const account of workload.accounts) {
    let expected = 0
    for (const load of workload.loads) {
      if (load.account !== account.id || ledger.outcomes.get(load.operation)?.result !== 'applied') continue
      expected += load.amount - (load.amount > 50_000 ? 0 : Math.floor((load.amount * 2 + 5_000) / 10_000))
    }
    for (const { id, from, to, amount } of new Map(workload.transfers.map(one => [one.id, one])).values()) {
      if (status.get(id) !== 'completed') continue
      if (from === account.id) expected -= amount
      if (to === account.id)
        expected += amount - (account.kind === 'merchant' ? Math.floor((amount * 25 + 50_000) / 100_000) : 0)
    }
    const shown = summaries.get(account.id)
    must(shown?.balance === expected, `${account.id} shows ${shown?.balance} and should have ${expected}`)
    must(
      shown?.balance === (ledger.balances.get(account.id) ?? 0),
      `${account.id} shows another balance than its events`,
    )
    must(shown?.held === 0, `${account.id} still holds ${shown?.held}`)
    checkStatement(items, account.id, Number(shown?.balance), must)
  }
}

function checkStatement(items: StoredItem[], account: string, balance: number, must: Must): void {
  const lines = items.flatMap(item => (item.accountId === account && item.line ? [item.line as Line] : []))
  lines.sort((a, b) => a.version - b.version)
  let running = 0
  for (const line of lines) {
    running += line.change
    must(line.balance === running, `line ${line.version} of ${account} shows ${line.balance}, not ${running}`)
  }
  must(running === balance, `the statement of ${account} adds up to ${running}, not ${balance}`)
}

type Line = { version: number; change: number; balance: number }
