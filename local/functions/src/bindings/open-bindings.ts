import { blobInput, blobOutput } from '../blob/bindings.ts'
import type { Binding } from '../core-api.ts'
import { cosmosInput, cosmosOutput } from '../cosmos/bindings.ts'
import { durableClient } from '../durable/client-binding.ts'
import type { RegisteredFunction } from '../invoke.ts'
import { queueOutput } from '../queue/output.ts'
import { resolveNames } from '../settings.ts'
import { StartError } from '../start-error.ts'
import type { BindingPlace, InputBinding, OutputBinding } from './binding.ts'

/** How a kind of binding beside a trigger is opened. Throws a StartError for options that cannot work. */
type Open<Opened> = (place: BindingPlace) => Opened

/** The kinds by their type in lower case. */
const inputKinds: Record<string, Open<InputBinding>> = {
  blob: blobInput,
  cosmosdb: cosmosInput,
  durableclient: durableClient,
}
const outputKinds: Record<string, Open<OutputBinding>> = {
  blob: blobOutput,
  cosmosdb: cosmosOutput,
  queue: queueOutput,
}

/** Finds a function's trigger. Throws a StartError when there is none, or when there are two. */
export function triggerOf(name: string, bindings: Record<string, Binding>): [string, Binding] {
  const [trigger, other] = Object.entries(bindings).filter(([, binding]) => isTrigger(binding))
  if (!trigger || other) throw new StartError(`Function "${name}" must have exactly one trigger.`)
  return trigger
}

/** Opens what is read before a function and written after it. Throws a StartError for an unknown kind. */
export function openBindings(target: RegisteredFunction): { inputs: InputBinding[]; outputs: OutputBinding[] } {
  const inputs: InputBinding[] = []
  const outputs: OutputBinding[] = []
  for (const [name, registered] of Object.entries(target.metadata.bindings)) {
    if (registered.sdkBinding === true) throw notEmulated(target, `"sdkBinding" of ${registered.type}`)
    if (isTrigger(registered) || isHttpAnswer(target, name, registered)) continue
    const place = { target, name, binding: resolveNames(target.name, registered, target.app.settings) }
    if (registered.direction === 'in') inputs.push(open(inputKinds, 'input', place))
    else outputs.push(open(outputKinds, 'output', place))
  }
  return { inputs, outputs }
}

function open<Opened>(kinds: Record<string, Open<Opened>>, word: string, place: BindingPlace): Opened {
  const kind = kinds[place.binding.type.toLowerCase()]
  if (!kind) throw notEmulated(place.target, `the ${word} binding "${place.binding.type}"`)
  return kind(place)
}

function isTrigger({ type }: Binding): boolean {
  return /trigger$/i.test(type)
}

function isHttpAnswer(target: RegisteredFunction, name: string, { type }: Binding): boolean {
  const trigger = target.metadata.bindings[target.triggerName]
  return name === '$return' && type === 'http' && trigger?.type.toLowerCase() === 'httptrigger'
}

function notEmulated(target: RegisteredFunction, what: string): StartError {
  return new StartError(`Function "${target.name}": ${what} is not emulated by this host.`)
}
