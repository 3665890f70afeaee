import type { Verdict } from './verify.ts'

/** What a verdict says in figures, for a person. Amounts are in minor units. */
export function verdictLines(verdict: Verdict, seconds: number): string[] {
  const { figures, findings, items, appends, money, heap } = verdict
  const { accounts, transfers, commands, behind, moving, inTransit, waiting, queued, parked } = figures
  const rate = Math.round(items / Math.max(seconds, 0.001))
  return [
    `Read ${items} items, ${appends} of them appends, in ${seconds.toFixed(1)} s: ${rate} a second, heap ${megabytes(heap)}.`,
    `${accounts} accounts, ${transfers} transfers, ${commands} commands.`,
    `Credits: ${money.there}, of which ${money.inTransit} in transit; loads less fees: ${money.should}.`,
    `In transit ${inTransit}, waiting ${waiting}, queued ${queued}, parked ${parked}; views behind ${behind}, moving ${moving}.`,
    ...verdict.parked.map(
      ({ streamId, itemId, handler, why }) => `Parked by ${handler}: ${streamId} ${itemId}: ${why}`,
    ),
    findings.count === 0 ? 'Everything fits together.' : `${findings.count} things do not fit. The first:`,
  ]
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1_048_576)} MB`
}
