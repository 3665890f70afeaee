import type { z } from 'zod'
import { health } from './resources/health.ts'
import * as shapes from './resources/shapes.ts'

/** One call of the API. */
export type ApiCall = {
  readonly summary: string
  /** Who may call; nobody named means anyone, without a token. */
  readonly roles?: string
  readonly body?: z.ZodType
  readonly bodyOptional?: boolean
  readonly key?: 'required' | 'optional'
  readonly answers: z.ZodType | 'none'
  readonly list?: boolean
  readonly accepted?: boolean
  /** Server-Sent Events instead of one answer. */
  readonly stream?: boolean
  /** It has the same answer for bad news. */
  readonly unwell?: boolean
  readonly query?: readonly string[]
}

const operation = { answers: shapes.operation, accepted: true } as const

/** Every call of the API by path and method: the table the description is made from. */
export const calls: Record<string, Record<string, ApiCall>> = {
  '/v1/accounts': {
    post: {
      summary: 'Open an account',
      roles: 'user',
      body: shapes.openBody,
      key: 'optional',
      answers: shapes.account,
      accepted: true,
    },
    get: { summary: "The caller's own accounts", roles: 'user', answers: shapes.account, list: true },
  },
  '/v1/accounts/{id}': {
    get: {
      summary: 'An account',
      roles: 'owner, operator, auditor',
      answers: shapes.account,
      query: ['minVersion'],
    },
  },
  '/v1/accounts/{id}/statement': {
    get: {
      summary: 'What moved the balance, newest first',
      roles: 'owner, operator, auditor',
      answers: shapes.statementLine,
      list: true,
    },
  },
  '/v1/accounts/{id}/loads': {
    post: { summary: 'Load credits', roles: 'payments', body: shapes.loadBody, key: 'required', ...operation },
  },
  '/v1/accounts/{id}/freeze': {
    post: {
      summary: 'Let nothing leave the account',
      roles: 'operator',
      body: shapes.reasonBody,
      bodyOptional: true,
      key: 'optional',
      ...operation,
    },
  },
  '/v1/accounts/{id}/unfreeze': {
    post: {
      summary: 'Let credits leave the account again',
      roles: 'operator',
      body: shapes.reasonBody,
      bodyOptional: true,
      key: 'optional',
      ...operation,
    },
  },
  '/v1/accounts/{id}/close': {
    post: {
      summary: 'Close an empty account',
      roles: 'owner',
      body: shapes.reasonBody,
      bodyOptional: true,
      key: 'optional',
      ...operation,
    },
  },
  '/v1/me/events': {
    get: {
      summary: "What happens to the caller's accounts, as it happens; resumes after `Last-Event-ID`",
      roles: 'user',
      answers: 'none',
      stream: true,
    },
  },
  '/v1/payees/{id}': {
    get: { summary: 'Whom one is about to pay', roles: 'any signed-in caller', answers: shapes.payee },
  },
  '/v1/transfers': {
    post: {
      summary: 'Send credits to a person or a merchant',
      roles: 'owner of the paying account',
      body: shapes.transferBody,
      key: 'required',
      answers: shapes.transfer,
      accepted: true,
    },
    get: {
      summary: 'The transfers of one account, newest first',
      roles: 'owner, reviewer, operator, auditor',
      answers: shapes.transfer,
      list: true,
      query: ['account'],
    },
  },
  '/v1/transfers/{id}': {
    get: {
      summary: 'A transfer',
      roles: 'parties, reviewer, operator, auditor',
      answers: shapes.transfer,
      query: ['minVersion'],
    },
  },
  '/v1/transfers/{id}/approve': {
    post: {
      summary: 'Accept a held transfer',
      roles: 'reviewer',
      body: shapes.approveBody,
      bodyOptional: true,
      key: 'optional',
      ...operation,
    },
  },
  '/v1/transfers/{id}/decline': {
    post: {
      summary: 'Decline a held transfer',
      roles: 'reviewer',
      body: shapes.declineBody,
      key: 'optional',
      ...operation,
    },
  },
  '/v1/operations/{id}': {
    get: { summary: 'What became of a command', roles: 'its sender, operator, auditor', answers: shapes.operation },
  },
  '/v1/reviews': {
    get: {
      summary: 'Transfers that wait for a person, oldest due first',
      roles: 'reviewer',
      answers: shapes.review,
      list: true,
    },
  },
  '/v1/reviews/decided': {
    get: {
      summary: 'What was decided or expired, newest first',
      roles: 'reviewer',
      answers: shapes.decidedReview,
      list: true,
      query: ['since'],
    },
  },
  '/v1/parked': {
    get: {
      summary: 'What could not be handled, longest parked first',
      roles: 'operator',
      answers: shapes.parked,
      list: true,
    },
  },
  '/v1/parked/{id}/retry': {
    post: {
      summary: 'Try again what is parked, in the order of its account',
      roles: 'operator',
      body: shapes.noBody,
      bodyOptional: true,
      answers: shapes.parked,
      accepted: true,
    },
  },
  '/v1/parked/{id}/discard': {
    post: {
      summary: 'Refuse a parked command for good',
      roles: 'operator',
      body: shapes.discardBody,
      answers: shapes.parked,
      accepted: true,
    },
  },
  '/health': { get: { summary: 'Whether the service works, and how far it is behind', answers: health, unwell: true } },
  '/openapi.json': { get: { summary: 'This description', answers: 'none' } },
}
