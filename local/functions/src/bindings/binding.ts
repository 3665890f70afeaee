import type { Binding, TypedData } from '../core-api.ts'
import type { RegisteredFunction } from '../invoke.ts'
import { StartError } from '../start-error.ts'
import type { BindingData } from './expression.ts'

/** What a function is handed beside its trigger. */
export interface InputBinding {
  name: string
  /** Reads it anew for an invocation. Rejects when it cannot be had: the function is not called then. */
  read(data: BindingData): Promise<TypedData | undefined>
}

/** Where something a function answers is put. */
export interface OutputBinding {
  name: string
  /** Puts it there when the function is through. A rejection fails the invocation. */
  write(value: TypedData, data: BindingData): Promise<void>
}

/** A function's binding, with its settings filled in. */
export interface BindingPlace {
  target: RegisteredFunction
  name: string
  binding: Binding
}

/** Reads a text option that may be left out only with `initial`. Throws a StartError that names the function. */
export function textOption({ target, binding }: BindingPlace, option: string, initial?: string): string {
  const value = binding[option] ?? initial
  if (typeof value === 'string' && value !== '') return value
  throw new StartError(`Function "${target.name}": the ${binding.type} binding needs "${option}".`)
}

/** What a function answered, as JSON values: a list is several things, a text may itself be JSON. */
export function valuesOf(value: TypedData): unknown[] {
  const plain = plainValue(value)
  return Array.isArray(plain) ? plain : [plain]
}

function plainValue({ string, json, bytes, int, double }: TypedData): unknown {
  if (json !== undefined) return JSON.parse(json)
  if (string !== undefined) return parsed(string)
  if (bytes !== undefined) return parsed(Buffer.from(bytes).toString('utf8'))
  return int ?? double
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
