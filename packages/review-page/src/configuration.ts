/** What a deployment tells the page: `config.json` next to it. */
export type Configuration = {
  /** Where the API is; empty where it has the page's own address. */
  readonly api: string
  readonly identity: Local | Entra
}

/** Signing in is saying a name. Only a system on one machine has the issuer for that. */
type Local = { readonly kind: 'local' }

export type Entra = {
  readonly kind: 'entra'
  /** Of the tenant, as in `https://login.microsoftonline.com/<tenant>`. */
  readonly authority: string
  readonly clientId: string
  /** Of the API, as in `api://remit/.default`. */
  readonly scope: string
}

/** Reads what `config.json` says. Throws when it is not a configuration. */
export function readConfiguration(json: unknown): Configuration {
  const { api, identity } = json as Partial<Configuration>
  const { kind } = identity ?? {}
  if (typeof api !== 'string' || (kind !== 'local' && kind !== 'entra')) throw new Error('config.json is not complete')
  const needed = kind === 'entra' ? (['authority', 'clientId', 'scope'] as const) : []
  for (const member of needed) {
    if (!(identity as Entra)[member]) throw new Error(`config.json does not say ${member}`)
  }
  return { api, identity: identity as Configuration['identity'] }
}
