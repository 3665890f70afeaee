import { z } from 'zod'
import { problems } from './http/problems.ts'
import { health } from './resources/health.ts'
import * as shapes from './resources/shapes.ts'

type Operation = {
  readonly summary: string
  /** Who may call; nobody named means anyone, without a token. */
  readonly roles?: string
  readonly body?: z.ZodType
  readonly bodyOptional?: boolean
  readonly key?: 'required' | 'optional'
  readonly answers: z.ZodType | 'none'
  readonly list?: boolean
  readonly accepted?: boolean
  /** It has the same answer for bad news. */
  readonly unwell?: boolean
  readonly query?: readonly string[]
}

const operation = { answers: shapes.operation, accepted: true } as const

/** Every call of the API by path and method: the table the description is made from. */
const calls: Record<string, Record<string, Operation>> = {
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
  '/health': { get: { summary: 'Whether the service works, and how far it is behind', answers: health, unwell: true } },
  '/openapi.json': { get: { summary: 'This description', answers: 'none' } },
}

/** Paths and methods of the API, for tests that hold the apps to the description. */
export const describedCalls = Object.entries(calls).flatMap(([path, methods]) =>
  Object.keys(methods).map(method => `${method.toUpperCase()} ${path}`),
)

const problem = z
  .object({
    type: z.enum(Object.keys(problems).map(name => `/problems/${name}`) as [string, ...string[]]),
    title: z.string(),
    status: z.int(),
    requestId: z.string(),
    retryable: z.boolean(),
    errors: z.array(z.object({ pointer: z.string(), message: z.string() })).optional(),
    differs: z.array(z.string()).optional(),
  })
  .meta({ id: 'Problem' })

/** The API as OpenAPI 3.1, made from the schemas that parse the bodies. */
export function openApi(): unknown {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Remit',
      version: '1',
      description: 'The backend of a prepaid card. Amounts are minor units, as digits.',
    },
    security: [{ bearer: [] }],
    paths: Object.fromEntries(
      Object.entries(calls).map(([path, methods]) => [
        path,
        Object.fromEntries(Object.entries(methods).map(([method, call]) => [method, described(path, call)])),
      ]),
    ),
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      schemas: components(),
    },
  }
}

function described(path: string, call: Operation) {
  const idempotent = call.key
    ? [header('Idempotency-Key', call.key === 'required', { type: 'string', maxLength: 255 })]
    : []
  const prefer = call.accepted ? [header('Prefer', false, { type: 'string', examples: ['wait=5'] })] : []
  const query = [...(call.query ?? []), ...(call.list ? ['limit', 'cursor'] : [])]
  const parameters = [
    ...(path.includes('{id}') ? [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }] : []),
    ...query.map(name => ({ name, in: 'query', required: name === 'account', schema: { type: 'string' } })),
    ...idempotent,
    ...prefer,
  ]
  const body = call.body && {
    required: !call.bodyOptional,
    content: { 'application/json': { schema: reference(call.body) } },
  }
  return {
    summary: call.summary,
    ...(call.roles ? { description: `For: ${call.roles}.` } : { security: [] }),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body ? { requestBody: body } : {}),
    responses: {
      '200': { description: 'The present state.', ...content(call) },
      ...(call.accepted ? { '202': { description: 'Stored; not decided yet.', ...content(call) } } : {}),
      ...(call.unwell ? { '503': { description: 'Something is wrong.', ...content(call) } } : {}),
      default: {
        description: 'A problem (RFC 9457).',
        content: { 'application/problem+json': { schema: reference(problem) } },
      },
    },
  }
}

function header(name: string, required: boolean, schema: unknown) {
  return { name, in: 'header', required, schema }
}

function content({ answers, list }: Operation) {
  if (answers === 'none') return {}
  const schema = list
    ? {
        type: 'object',
        required: ['items'],
        properties: { items: { type: 'array', items: reference(answers) }, next: { type: 'string' } },
      }
    : reference(answers)
  return { content: { 'application/json': { schema } } }
}

const uri = (id: string) => `#/components/schemas/${id}`

function reference(schema: z.ZodType) {
  return { $ref: uri(z.globalRegistry.get(schema)?.id ?? '') }
}

function components() {
  const { schemas } = z.toJSONSchema(z.globalRegistry, { target: 'draft-2020-12', uri })
  return Object.fromEntries(
    Object.entries(schemas).map(([id, { $id: _id, $schema: _dialect, ...schema }]) => [id, schema]),
  )
}
