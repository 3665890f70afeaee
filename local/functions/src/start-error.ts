/** The host could not start; the message says what is wrong and where. */
export class StartError extends Error {
  override readonly name = 'StartError'
}

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
