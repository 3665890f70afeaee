/** A request to the management API, without its base address. */
export interface ManagementRequest {
  method: string
  /** What follows the base address: `instances/abc`. */
  path: string
  query: URLSearchParams
  /** By small letters. */
  headers: Record<string, string | string[] | undefined>
  body: string
  /** The whole address, for answers that name it. */
  url: string
}

export interface ManagementAnswer {
  status: number
  headers: Record<string, string>
  body: string
}

export function json(status: number, value: unknown, headers: Record<string, string> = {}): ManagementAnswer {
  const type = { 'content-type': 'application/json; charset=utf-8' }
  return { status, headers: { ...type, ...headers }, body: JSON.stringify(value) }
}

export function empty(status: number): ManagementAnswer {
  return { status, headers: {}, body: '' }
}

/** An error as .NET writes one. */
export function problem(status: number, message: string, error?: Error): ManagementAnswer {
  const detail = error ? { ExceptionMessage: error.message, ExceptionType: error.name } : {}
  return json(status, { Message: message, ...detail })
}

export function notEmulated(what: string): ManagementAnswer {
  return { status: 501, headers: { 'content-type': 'text/plain' }, body: `${what} is not emulated.` }
}

/** true, false or nothing, as .NET reads a truth value. */
export function flag(query: URLSearchParams, name: string): boolean | undefined {
  const value = query.get(name)?.trim().toLowerCase()
  return value === 'true' ? true : value === 'false' ? false : undefined
}

/** A moment in milliseconds since 1970; nothing when it cannot be read. */
export function moment(query: URLSearchParams, name: string): number | undefined {
  const value = query.get(name)
  const at = value === null ? Number.NaN : Date.parse(value)
  return Number.isNaN(at) ? undefined : at
}

/** A whole number; nothing when it cannot be read. */
export function wholeNumber(query: URLSearchParams, name: string): number | undefined {
  const value = query.get(name)
  return value !== null && /^\s*-?\d+\s*$/.test(value) ? Number(value) : undefined
}

/** The JSON of a body; undefined when it is none. */
export function jsonBody(body: string): { text: string } | undefined {
  try {
    JSON.parse(body)
    return { text: body }
  } catch {
    return undefined
  }
}

export function isJson(request: ManagementRequest): boolean {
  const type = request.headers['content-type']
  return typeof type === 'string' && type.split(';', 1)[0]?.trim().toLowerCase() === 'application/json'
}
