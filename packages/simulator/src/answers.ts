import { z } from 'zod'

// What answers must look like, written down from the description of the API and not from its code. Members that are
// not checked are left out.

const money = z
  .string()
  .regex(/^(0|[1-9][0-9]*)$/)
  .transform(BigInt)
const change = z
  .string()
  .regex(/^(0|-?[1-9][0-9]*)$/)
  .transform(BigInt)

export const accountAnswer = z.object({
  accountId: z.string(),
  kind: z.enum(['personal', 'merchant']),
  owner: z.string(),
  status: z.enum(['pending', 'open', 'frozen', 'closed']),
  balance: money,
  held: money,
  available: money,
})
export type AccountAnswer = z.infer<typeof accountAnswer>

export const transferAnswer = z.object({
  transferId: z.string(),
  from: z.string(),
  to: z.string(),
  amount: money,
  fee: money,
  status: z.enum(['pending', 'held', 'in_transit', 'completed', 'refused', 'declined', 'expired', 'returned']),
  reason: z.string().optional(),
  memo: z.string().optional(),
  reviewDueAt: z.string().optional(),
})
export type TransferAnswer = z.infer<typeof transferAnswer>

export const operationAnswer = z.object({
  operationId: z.string(),
  command: z.string(),
  status: z.enum(['pending', 'applied', 'refused', 'no_effect', 'parked']),
  reason: z.string().optional(),
})

export const statementLine = z.object({
  version: z.int(),
  type: z.enum(['loaded', 'sent', 'received', 'returned']),
  change,
  amount: money,
  fee: money,
  balance: change,
  transferId: z.string().optional(),
  operationId: z.string().optional(),
  counterparty: z.string().optional(),
})
export type StatementLine = z.infer<typeof statementLine>

export const reviewAnswer = z.object({ transferId: z.string(), amount: money })

export const page = z.object({ items: z.array(z.unknown()), next: z.string().optional() })

export const problem = z.object({
  type: z.string(),
  title: z.string().optional(),
  differs: z.array(z.string()).optional(),
})
