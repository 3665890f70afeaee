import { mergeFacts } from '@remit/domain/transfer/facts'
import { viewOf } from '@remit/functions-projections/projection/project-transfers'
import { canonicalText } from './canonical-text.ts'
import { type CommandEvidence, Evidence, type TransferEvidence } from './evidence.ts'
import type { Finding } from './finding.ts'
import type { Fingerprints } from './fingerprint.ts'
import { lookAtAccount, lookAtOwners } from './second-look.ts'
import type { Source } from './source.ts'
import type { Suspects } from './verdict.ts'

/** Looks again at what did not come out as nothing, and names the items to blame. */
export async function nameSuspects(
  source: Source,
  suspects: Suspects,
  { print, until }: { print: Fingerprints; until: number },
): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const accountId of suspects.accounts) findings.push(...(await lookAtAccount(source, accountId)))
  if (suspects.accounts.length > 0) findings.push(...(await lookAtOwners(source, suspects.accounts)))
  if (suspects.transfers.size + suspects.commands.size > 0) {
    const evidence = new Evidence(print, suspects, until)
    await evidence.gather(source)
    for (const one of evidence.commands.values()) findings.push(...faultsOfCommand(one))
    for (const one of evidence.transfers.values()) findings.push(...faultsOfTransfer(one))
  }
  return findings
}

function faultsOfCommand({ commandId, outcomes, commands, operations }: CommandEvidence): Finding[] {
  const [outcome, again] = outcomes
  const [command, twice] = commands
  const [operation, thrice] = operations
  const stream = command?.partition ?? outcome?.partition ?? operation?.partition ?? '?'
  const place = { partition: stream, id: commandId }
  const blame = (container: string, rule: string, says: string, name = place): Finding => {
    return { container, partition: name.partition, id: name.id, rule, says }
  }
  if (again) return [blame('events', 'at most once', `it answers ${commandId} again`, again)]
  if (twice) return [blame('commands', 'at most once', 'it is stored twice', twice)]
  if (outcome && !command) return [blame('commands', 'stored', `it is missing; append ${outcome.id} answers it`)]
  const findings: Finding[] = []
  if (command && !outcome) findings.push(blame('commands', 'outcome', 'nothing answers it, and it does not wait'))
  if (command && outcome && command.record !== outcome.record) {
    findings.push(blame('commands', 'outcome', `append ${outcome.id} answers ${outcome.record}`))
  }
  if (thrice) findings.push(blame('operations', 'view', 'it is there twice', thrice))
  else if (operation && !outcome) findings.push(blame('operations', 'view', 'no event gives it', operation))
  else if (operation && operation.text !== outcome?.operation) {
    findings.push(blame('operations', 'view', `the events give ${outcome?.operation}`, operation))
  } else if (outcome && !operation) findings.push(blame('operations', 'view', 'it is missing'))
  return findings
}

function faultsOfTransfer({ transferId, facts, steps, views }: TransferEvidence): Finding[] {
  const findings: Finding[] = []
  const inEvents = (rule: string, says: string, { partition, id }: { partition: string; id: string }) => {
    findings.push({ container: 'events', partition, id, rule, says: `${transferId} ${says}` })
  }
  const inView = (says: string, { partition, id } = { partition: transferId, id: transferId }) => {
    findings.push({ container: 'transfers', partition, id, rule: 'view', says })
  }
  const [sent, ...more] = steps.filter(({ type }) => type === 'CreditsSent')
  const ends = steps.filter(({ type }) => type !== 'CreditsSent')
  for (const step of more) inEvents('transfer', 'is sent again', step)
  for (const [index, end] of ends.entries()) {
    const arrives = end.type === 'CreditsReceived' || end.type === 'CreditsReturned'
    if (index > 0) inEvents('transfer', 'has another end', end)
    else if (arrives && !sent) inEvents('transfer', 'arrives and was not sent', end)
    else if (!arrives && sent) inEvents('transfer', 'was sent and has another end', end)
    else if (arrives && sent && end.terms !== sent.terms) inEvents('transfer', `was sent as ${sent.terms}`, end)
  }
  const [first, ...others] = facts
  const asked = facts.filter(one => one.facts.requestedAt !== undefined)
  if (asked[1]) inEvents('transfer', 'is asked for again', asked[1])
  const bounced = facts.filter(one => one.facts.bounced)
  const returned = facts.find(one => one.facts.returned)
  if (returned && !bounced[0]) inEvents('transfer', 'comes back, and nobody refused it', returned)
  if (bounced[0] && !sent) inEvents('transfer', 'is refused by its receiver and was not sent', bounced[0])
  const [view, twice] = views
  if (twice) inView('it is there twice', twice)
  else if (first === undefined) {
    if (view) inView('no event gives it', view)
  } else {
    const orders = [[first, ...others], [first, ...others].reverse()]
    const texts = orders.map(order => canonicalText(viewOf(order.map(one => one.facts).reduce(mergeFacts))))
    if (view === undefined) inView('it is missing')
    else if (!texts.includes(view.text)) inView(`the events give ${texts[0]}`, view)
  }
  return findings
}
