import { type Settings, setting } from '../settings.ts'
import { StartError } from '../start-error.ts'

/** Where a Cosmos DB account is and the key that opens it. */
export interface Connection {
  endpoint: URL
  /** Base64. */
  key: string
}

/**
 * Finds a connection by its setting: a connection string under the name itself (or with `AzureWebJobs` before it),
 * or `NAME__accountEndpoint` and `NAME__accountKey`. Throws a StartError naming the setting that is missing.
 */
export function findConnection(functionName: string, name: string, settings: Settings): Connection {
  const text = setting(settings, name) ?? setting(settings, `AzureWebJobs${name}`)
  const wrong = (what: string) => new StartError(`Function "${functionName}": ${what}`)
  if (text !== undefined) {
    const parts = new Map(text.split(';').map(part => splitOnce(part)))
    const endpoint = parts.get('accountendpoint')
    const key = parts.get('accountkey')
    if (!endpoint || !key) throw wrong(`setting "${name}" must hold AccountEndpoint=…;AccountKey=…;`)
    return { endpoint: parseEndpoint(endpoint, wrong), key }
  }
  const endpoint = setting(settings, `${name}__accountEndpoint`)
  if (endpoint === undefined) throw wrong(`the setting "${name}" (or "${name}__accountEndpoint") is missing.`)
  const key = setting(settings, `${name}__accountKey`)
  if (key === undefined) {
    throw wrong(`"${name}__accountKey" is missing: an identity without a key is not emulated by this host.`)
  }
  return { endpoint: parseEndpoint(endpoint, wrong), key }
}

function splitOnce(part: string): [string, string] {
  const at = part.indexOf('=')
  return [part.slice(0, at).trim().toLowerCase(), part.slice(at + 1).trim()]
}

function parseEndpoint(text: string, wrong: (what: string) => StartError): URL {
  if (!URL.canParse(text)) throw wrong(`"${text}" is not an endpoint.`)
  return new URL(text)
}
