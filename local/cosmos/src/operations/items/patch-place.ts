import { badRequest } from '../../errors.ts'
import { isObject, type Json, type JsonObject } from '../../json.ts'

type Place = {
  add(value: Json): void
  set(value: Json): void
  replace(value: Json): void
  increment(value: Json): void
  take(): Json
}

export function place(root: JsonObject, names: string[]): Place {
  let parent: Json | undefined = root
  for (const name of names.slice(0, -1)) parent = child(parent, name)
  const last = names.at(-1) as string
  if (Array.isArray(parent)) return placeInArray(parent, last)
  if (isObject(parent)) return placeInObject(parent, last)
  throw badRequest(`The patch path '/${names.join('/')}' leads through something that is missing.`)
}

function child(parent: Json | undefined, name: string): Json | undefined {
  if (Array.isArray(parent)) return parent[Number(name)]
  return isObject(parent) && Object.hasOwn(parent, name) ? parent[name] : undefined
}

function define(object: JsonObject, name: string, value: Json): void {
  Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true })
}

function placeInObject(object: JsonObject, name: string): Place {
  const current = () => {
    if (!Object.hasOwn(object, name)) throw badRequest(`The patch path ends at '${name}', which is missing.`)
    return object[name] as Json
  }
  return {
    add: value => define(object, name, value),
    set: value => define(object, name, value),
    replace: value => {
      current()
      define(object, name, value)
    },
    increment: value => define(object, name, sum(Object.hasOwn(object, name) ? current() : 0, value)),
    take: () => {
      const value = current()
      delete object[name]
      return value
    },
  }
}

function placeInArray(array: Json[], name: string): Place {
  const index = name === '-' ? array.length : Number(name)
  if (!Number.isInteger(index) || index < 0 || index > array.length)
    throw badRequest(`The array index '${name}' of a patch is out of range.`)
  const current = () => {
    if (index >= array.length) throw badRequest(`The array index '${name}' of a patch is out of range.`)
    return array[index] as Json
  }
  return {
    add: value => void array.splice(index, 0, value),
    set: value => {
      array[index] = value
    },
    replace: value => {
      current()
      array[index] = value
    },
    increment: value => {
      array[index] = sum(current(), value)
    },
    take: () => {
      const value = current()
      array.splice(index, 1)
      return value
    },
  }
}

function sum(a: Json, b: Json): number {
  if (typeof a !== 'number' || typeof b !== 'number') throw badRequest('The patch operation incr needs numbers.')
  return a + b
}
