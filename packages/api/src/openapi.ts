import { z } from 'zod'
import { type ApiCall, calls } from './calls.ts'
import { problems } from './http/problems.ts'

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

function described(path: string, call: ApiCall) {
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
    ...(call.stream ? [header('Last-Event-ID', false, { type: 'string', pattern: '^[0-9]{1,15}$' })] : []),
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

function content({ answers, list, stream }: ApiCall) {
  if (stream) return { content: { 'text/event-stream': { schema: { type: 'string' } } } }
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
