/** Everything a client can be told is wrong: a closed list (RFC 9457). The name is the last part of `type`. */
export const problems = {
  'invalid-json': { status: 400, title: 'The body is not JSON.', retryable: false },
  'invalid-body': { status: 400, title: 'The body does not fit what this call takes.', retryable: false },
  'invalid-parameter': { status: 400, title: 'A path, query, cursor or header value is not valid.', retryable: false },
  'idempotency-key-missing': { status: 400, title: 'Moving money needs an Idempotency-Key.', retryable: false },
  unauthenticated: { status: 401, title: 'A valid bearer token is needed.', retryable: false },
  forbidden: { status: 403, title: 'Your roles do not allow this call.', retryable: false },
  'not-found': { status: 404, title: 'There is nothing here for you.', retryable: false },
  'receiver-unknown': { status: 409, title: 'The receiving account is not open.', retryable: true },
  'body-too-large': { status: 413, title: 'The body is larger than 16 KB.', retryable: false },
  'unsupported-media-type': { status: 415, title: 'The body must be application/json.', retryable: false },
  'idempotency-key-reused': { status: 422, title: 'This key was used for another wish.', retryable: false },
  'too-many-requests': { status: 429, title: 'Too much at once; try again.', retryable: true },
  internal: { status: 500, title: 'Something went wrong here.', retryable: true },
  unavailable: { status: 503, title: 'Not available just now; try again.', retryable: true },
} as const

export type ProblemName = keyof typeof problems

type Extra = {
  readonly errors?: readonly { readonly pointer: string; readonly message: string }[]
  readonly differs?: readonly string[]
}

/** Thrown by whatever finds the request wrong; answered in one place. */
export class Problem extends Error {
  override readonly name = 'Problem'
  readonly problem: ProblemName
  readonly extra: Extra

  constructor(problem: ProblemName, extra: Extra = {}) {
    super(problem)
    this.problem = problem
    this.extra = extra
  }
}

/** Says which value of path, query or header is wrong, and how. */
export function invalidParameter(name: string, message: string): Problem {
  return new Problem('invalid-parameter', { errors: [{ pointer: name, message }] })
}
