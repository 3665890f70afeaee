export type ProblemBody = { readonly type?: string; readonly title?: string; readonly retryable?: boolean }

/** The API has answered that it will not do this (RFC 9457). */
export class Refused extends Error {
  override readonly name = 'Refused'
  readonly status: number
  /** The last part of the problem's type. */
  readonly problem: string
  readonly retryable: boolean

  constructor(status: number, body: ProblemBody) {
    super(body.title ?? `The server answered ${status}.`)
    this.status = status
    this.problem = (body.type ?? '').split('/').at(-1) ?? ''
    this.retryable = body.retryable ?? status >= 500
  }
}

/** No answer came: nobody knows what the server did. */
export class OutOfReach extends Error {
  override readonly name = 'OutOfReach'
}

/** Whether asking the very same again may help. */
export function mayHelpAgain(error: unknown): boolean {
  return error instanceof OutOfReach || (error instanceof Refused && error.retryable && error.status !== 409)
}

/** What to tell somebody whose page cannot be kept up to date. */
export function troubleOf(error: unknown): string {
  if (error instanceof OutOfReach) return 'No connection to the server.'
  if (error instanceof Refused && error.status === 403) return 'You are signed in, but not as a reviewer.'
  if (error instanceof Refused && error.status === 404) return 'There is no such transfer.'
  return 'The server has a problem just now.'
}
