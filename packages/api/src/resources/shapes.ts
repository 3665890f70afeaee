import { commandTypes } from '@remit/domain/account/commands'
import { accountId } from '@remit/domain/ids'
import { transferStatuses } from '@remit/domain/transfer/status'
import { z } from 'zod'

/** The largest amount on the wire, in minor units. */
const MAX_AMOUNT = 1_000_000_000_000
const MAX_TEXT = 140

const wellFormed = (text: string) => text.isWellFormed()
/** Characters are code points, as JSON Schema counts them. */
const atMost = (most: number) => (text: string) => [...text].length <= most
const limitedText = (most: number) =>
  z
    .string()
    .refine(wellFormed, 'must be well-formed Unicode')
    .refine(atMost(most), `must have at most ${most} characters`)
    .meta({ maxLength: most })

const text = limitedText(MAX_TEXT)
const someText = text.refine(value => value.trim().length > 0, 'must not be empty')

/** A positive amount in minor units, as digits without leading zeros. */
export const amount = z
  .string()
  .regex(/^[1-9][0-9]{0,12}$/, {
    message: 'must be a whole number of minor units as digits, without sign or leading zeros, and not too long',
    abort: true,
  })
  .refine(digits => Number(digits) <= MAX_AMOUNT, `must be at most ${MAX_AMOUNT}`)
  .meta({ id: 'Amount', examples: ['2000'] })

/** A parser would take this name for the prototype and drop it: nobody may send what then is not there. */
const withoutPrototype = z.unknown().refine(value => !(value instanceof Object && Object.hasOwn(value, '__proto__')), {
  message: '__proto__ is not a name',
  abort: true,
})

const entries = z
  .record(
    limitedText(40).refine(key => key.length > 0, 'must not be empty'),
    limitedText(200),
  )
  .refine(found => Object.keys(found).length <= 20, 'must have at most 20 entries')
  .meta({ maxProperties: 20 })
const metadata = withoutPrototype.pipe(entries)

export const openBody = z.strictObject({ kind: z.enum(['personal', 'merchant']), name: someText }).meta({ id: 'Open' })
export const loadBody = z.strictObject({ amount, paymentReference: someText }).meta({ id: 'Load' })
export const transferBody = z
  .strictObject({ from: accountId, to: accountId, amount, memo: text.optional(), metadata: metadata.optional() })
  .meta({ id: 'Send' })
export const approveBody = z.strictObject({ note: text.optional() }).meta({ id: 'Approve' })
export const declineBody = z.strictObject({ reason: someText }).meta({ id: 'Decline' })
export const discardBody = z.strictObject({ reason: someText }).meta({ id: 'Discard' })
export const noBody = z.strictObject({}).meta({ id: 'Nothing' })
export const reasonBody = z.strictObject({ reason: text.optional() }).meta({ id: 'Reason' })

const digits = z.string().regex(/^(0|[1-9][0-9]*)$/)
const time = z.iso.datetime({ precision: 3 })

export const account = z
  .object({
    accountId,
    kind: z.enum(['personal', 'merchant']),
    name: z.string(),
    owner: z.string(),
    currency: z.string(),
    status: z.enum(['pending', 'open', 'frozen', 'closed']),
    balance: digits,
    held: digits,
    available: digits,
    version: z.int(),
  })
  .meta({ id: 'Account' })
export type AccountResource = z.infer<typeof account>

export const payee = z
  .object({ accountId, kind: z.enum(['personal', 'merchant']), name: z.string(), accepts: z.boolean() })
  .meta({ id: 'Payee' })
export type PayeeResource = z.infer<typeof payee>

export const statementLine = z
  .object({
    version: z.int(),
    at: time,
    type: z.enum(['loaded', 'sent', 'received', 'returned']),
    change: z.string().regex(/^(0|-?[1-9][0-9]*)$/),
    amount: digits,
    fee: digits,
    balance: digits,
    transferId: z.string().optional(),
    operationId: z.string().optional(),
    counterparty: accountId.optional(),
    memo: z.string().optional(),
  })
  .meta({ id: 'StatementLine' })
export type StatementLineResource = z.infer<typeof statementLine>

export const transfer = z
  .object({
    transferId: z.string(),
    from: accountId,
    to: accountId,
    amount: digits,
    fee: digits,
    currency: z.string(),
    status: z.enum(transferStatuses),
    reason: z.string().optional(),
    memo: z.string().optional(),
    metadata: z.record(z.string(), z.string()).optional(),
    requestedAt: time,
    updatedAt: time,
    reviewDueAt: time.optional(),
    approvals: z.int().optional(),
    approvalsNeeded: z.int().optional(),
    decidedBy: z.array(z.string()).optional(),
    version: z.int(),
  })
  .meta({ id: 'Transfer' })
export type TransferResource = z.infer<typeof transfer>

export const operation = z
  .object({
    operationId: z.string(),
    command: z.enum(commandTypes),
    status: z.enum(['pending', 'applied', 'refused', 'no_effect', 'parked']),
    reason: z.string().optional(),
    links: z.object({ account: z.string().optional(), transfer: z.string().optional() }),
  })
  .meta({ id: 'Operation' })
export type OperationResource = z.infer<typeof operation>

export const review = z
  .object({
    transferId: z.string(),
    from: accountId,
    to: accountId,
    amount: digits,
    currency: z.string(),
    memo: z.string().optional(),
    requestedAt: time,
    reviewDueAt: time,
    approvals: z.int(),
    approvalsNeeded: z.int(),
  })
  .meta({ id: 'Review' })
export type ReviewResource = z.infer<typeof review>

export const decidedReview = review
  .omit({ reviewDueAt: true, approvals: true, approvalsNeeded: true })
  .extend({
    outcome: z.enum(['accepted', 'declined', 'expired']),
    decidedAt: time,
    /** In the order of time; nobody is named where it expired. */
    decisions: z.array(
      z.object({ what: z.enum(['accepted', 'declined', 'expired']), by: z.string().optional(), at: time }),
    ),
  })
  .meta({ id: 'DecidedReview' })
export type DecidedReviewResource = z.infer<typeof decidedReview>

export const parked = z
  .object({
    parkedId: z.string(),
    account: z.string(),
    /** The function that could not handle it. */
    handler: z.string(),
    /** The command or append it is about. */
    item: z.string(),
    status: z.enum(['parked', 'retrying', 'discarding', 'handled']),
    why: z.string(),
    behind: z.string().optional(),
    times: z.int(),
    since: time,
    last: time,
    history: z.array(
      z.object({
        what: z.enum(['retry', 'discard']),
        by: z.string(),
        at: time,
        reason: z.string().optional(),
        handled: z.boolean(),
      }),
    ),
  })
  .meta({ id: 'Parked' })
export type ParkedResource = z.infer<typeof parked>
