import { CosmosError } from './errors.ts'

/**
 * A fault to inject. It applies to the next `times` requests of the operation (default 1).
 * `when: 'after'` lets the request take effect first; `loseAnswer` cuts the connection instead of answering.
 */
export type Fault = {
  /** An operation's name as in the route table, such as `items.create`; `*` = any. */
  operation: string
  /** Container id; absent = any. */
  container?: string
  status?: 408 | 410 | 429 | 449 | 500 | 503
  substatus?: number
  when?: 'before' | 'after'
  loseAnswer?: boolean
  times?: number
}

const defaultSubstatus: Record<number, number> = { 429: 3200 }
const retryAfterMs = 20

/** Takes the first fault that fits off the list's count; a fault that is used up is removed. */
export function takeFault(faults: Fault[], operation: string, container: string | undefined): Fault | undefined {
  const at = faults.findIndex(
    fault => (fault.operation === '*' || fault.operation === operation) && (fault.container ?? container) === container,
  )
  const fault = faults[at]
  if (fault === undefined) return undefined
  const left = (fault.times ?? 1) - 1
  if (left > 0) fault.times = left
  else faults.splice(at, 1)
  return fault
}

export function faultError(fault: Fault): CosmosError {
  const status = fault.status ?? 503
  const substatus = fault.substatus ?? defaultSubstatus[status]
  return new CosmosError(status, `Injected fault: ${status} for ${fault.operation}.`, {
    ...(substatus === undefined ? {} : { substatus }),
    ...(status === 429 || status === 449 ? { retryAfterMs } : {}),
  })
}

/** Thrown to the door, which cuts the connection. */
export class LostAnswer extends Error {
  readonly code = 'ECONNRESET'

  constructor() {
    super('Injected fault: the answer was lost.')
  }
}
