// Stored names: items of the views. A view can be rebuilt, but old and new code read the same items meanwhile.

import { accountId } from '@remit/domain/ids'
import { transferFacts } from '@remit/domain/transfer/facts'
import { transferStatuses } from '@remit/domain/transfer/status'
import { z } from 'zod'

/** `accounts`, one per account: how it stands after `append`, the number of the newest append folded in. */
export const accountSummary = z.object({
  id: z.literal('summary'),
  accountId,
  append: z.int(),
  version: z.int(),
  status: z.enum(['unopened', 'open', 'frozen', 'closed']),
  kind: z.enum(['personal', 'merchant']),
  owner: z.string(),
  currency: z.string(),
  balance: z.int(),
  held: z.int(),
})
export type AccountSummary = z.infer<typeof accountSummary>

/** What one event did to a balance. */
export const statementEntry = z.object({
  version: z.int(),
  at: z.string(),
  type: z.enum(['loaded', 'sent', 'received', 'returned']),
  change: z.int(),
  amount: z.int(),
  fee: z.int(),
  balance: z.int(),
  transferId: z.string().optional(),
  operationId: z.string().optional(),
  counterparty: z.string().optional(),
  text: z.string().optional(),
})
export type StatementEntry = z.infer<typeof statementEntry>

/** `accounts`, in order of `id`: a statement line, the first mention of a transfer, or both in one. */
export const accountEntry = z.object({
  id: z.string(),
  accountId,
  line: statementEntry.optional(),
  mentions: z.string().optional(),
})
export type AccountEntry = z.infer<typeof accountEntry>

/** `transfers`, one per transfer: the facts known and what follows from them. */
export const transferView = z.object({
  id: z.string(),
  transferId: z.string(),
  facts: transferFacts,
  status: z.enum(transferStatuses),
  version: z.int(),
  /** From when on somebody should ask again what is owed; absent once the transfer has ended. */
  attentionAt: z.string().optional(),
})
export type TransferView = z.infer<typeof transferView>

/** `operations`, one per command: its outcome, which never changes. */
export const operationView = z.object({
  id: z.string(),
  accountId,
  command: z.string(),
  status: z.enum(['applied', 'refused', 'no_effect']),
  reason: z.string().optional(),
  sentBy: z.string(),
  transferId: z.string().optional(),
})
export type OperationView = z.infer<typeof operationView>

/** `owners`, one per account of an owner. `order` is when it was opened, then its id: a page can start anywhere in it. */
export const ownedAccount = z.object({ id: z.string(), owner: z.string(), order: z.string() })
export type OwnedAccount = z.infer<typeof ownedAccount>

/** `details`, one per command with free text: erasable, and the salt with it. */
export const details = z.object({
  id: z.string(),
  accountId,
  salt: z.string(),
  texts: z.object({
    name: z.string().optional(),
    memo: z.string().optional(),
    metadata: z.record(z.string(), z.string()).optional(),
    note: z.string().optional(),
    reason: z.string().optional(),
  }),
})
export type Details = z.infer<typeof details>
export type Texts = Details['texts']
