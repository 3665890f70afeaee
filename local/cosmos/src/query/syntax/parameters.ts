import { badRequest } from '../../errors.ts'
import { isObject, type Json } from '../../json.ts'

export type Parameters = Map<string, Json | undefined>

/** Reads `parameters` of a query body. Throws 400. */
export function parseParameters(given: Json | undefined): Parameters {
  const parameters: Parameters = new Map()
  if (given === undefined || given === null) return parameters
  if (!Array.isArray(given)) throw badRequest('The parameters of a query are an array.')
  for (const each of given) {
    if (!isObject(each) || typeof each.name !== 'string' || !each.name.startsWith('@')) {
      throw badRequest('Each parameter of a query needs a name that starts with @.')
    }
    parameters.set(each.name, each.value)
  }
  return parameters
}
