/** The part of an HTTP request that handlers look at; a request of the Functions library fits. */
export type Request = {
  readonly headers: { get(name: string): string | null }
  readonly query: { get(name: string): string | null }
  readonly params: { readonly [name: string]: string }
  readonly arrayBuffer: () => Promise<ArrayBuffer>
}
