import { roundCharge } from '../../charges.ts'
import type { Json } from '../../json.ts'
import { parseBody } from '../../request-body.ts'
import type { BatchOperation, Outcome } from './batch-operations.ts'
import { readOperationRow, writeResultRow } from './hybrid-row/batch-rows.ts'
import { readRecords, writeRecords } from './hybrid-row/record-io.ts'

/** The operations of a batch in the binary format that .NET speaks. Throws 400. */
export function parseRows(bytes: Buffer): BatchOperation[] {
  return readRecords(bytes).map(row => {
    const { resourceBody, ...operation } = readOperationRow(row)
    const body = resourceBody === undefined ? undefined : parsed(resourceBody)
    return body === undefined ? operation : { ...operation, resourceBody: body }
  })
}

/** A body that is no JSON is the failure of its own operation, which then has none. */
function parsed(text: string): Json | undefined {
  try {
    return parseBody(text)
  } catch {
    return undefined
  }
}

/** The outcomes as rows. Where an operation failed, its message is what the row has for a body. */
export function outcomeRows(outcomes: readonly Outcome[]): Buffer {
  return writeRecords(
    outcomes.map(outcome =>
      writeResultRow({
        statusCode: outcome.statusCode,
        subStatusCode: outcome.subStatusCode,
        eTag: outcome.eTag,
        resourceBody: outcome.resourceBody?.text ?? outcome.message,
        retryAfterMilliseconds: outcome.retryAfterMilliseconds,
        requestCharge: roundCharge(outcome.requestCharge),
      }),
    ),
  )
}
