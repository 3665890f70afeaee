import type { z } from 'zod'
import { Problem } from './problems.ts'
import type { Request } from './request.ts'

/** The largest body taken, in bytes. */
export const MAX_BODY = 16 * 1024

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Reads and parses a body in the promised order: media type, size, JSON, schema. */
export async function readBody<Body>(request: Request, schema: z.ZodType<Body>, optional: boolean): Promise<Body> {
  const type = request.headers.get('content-type')
  const length = Number(request.headers.get('content-length') ?? 0)
  if (optional && type === null && length === 0) {
    const { byteLength } = await request.arrayBuffer()
    if (byteLength === 0) return parse(schema, {})
  }
  if (!/^application\/json\s*(;\s*charset=("?)utf-8\2\s*)?$/i.test(type ?? '')) {
    throw new Problem('unsupported-media-type')
  }
  if (length > MAX_BODY) throw new Problem('body-too-large')
  const bytes = await request.arrayBuffer()
  if (bytes.byteLength > MAX_BODY) throw new Problem('body-too-large')
  if (optional && bytes.byteLength === 0) return parse(schema, {})
  return parse(schema, parseJson(bytes))
}

function parseJson(bytes: ArrayBuffer): unknown {
  try {
    return JSON.parse(utf8.decode(bytes))
  } catch {
    throw new Problem('invalid-json')
  }
}

/** At most this many mistakes are told at once. */
const MISTAKES = 20

function parse<Body>(schema: z.ZodType<Body>, value: unknown): Body {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  throw new Problem('invalid-body', { errors: parsed.error.issues.flatMap(mistakes).slice(0, MISTAKES) })
}

function mistakes(issue: z.core.$ZodIssue): { pointer: string; message: string }[] {
  if (issue.code !== 'unrecognized_keys') return [{ pointer: pointer(issue.path), message: issue.message }]
  return issue.keys.map(key => ({ pointer: pointer([...issue.path, key]), message: 'is not a member of this body' }))
}

/** JSON Pointer (RFC 6901). */
function pointer(path: readonly PropertyKey[]): string {
  return path.map(step => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}
