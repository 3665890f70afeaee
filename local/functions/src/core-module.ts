import Module from 'node:module'
import type { LogLevel } from '@azure/functions'
import type { FunctionMetadata, Handler, HookCallback, LogCategory, ProgrammingModel } from './core-api.ts'

/** What one app registered while it was loaded. */
export interface Registrations {
  functions: { metadata: FunctionMetadata; handler: Handler }[]
  hooks: Map<string, HookCallback[]>
  model?: ProgrammingModel
}

type SystemLog = (level: LogLevel, category: LogCategory, message: string) => void

const hookNames = new Set(['appStart', 'appTerminate', 'preInvocation', 'postInvocation', 'log'])
const hostVersion = '4.1000.0'

let open: Registrations | undefined
let lastModel: ProgrammingModel | undefined
let systemLog: SystemLog = () => {}
let installed = false

/** Thrown to an app that registers something when registration is closed, as the real worker does. */
class RegistrationClosedError extends Error {
  readonly isAzureFunctionsSystemError = true
}

function registerFunction(metadata: FunctionMetadata, handler: Handler): void {
  if (!open) throw new RegistrationClosedError('A function can only be registered during app startup.')
  if (open.functions.some(one => one.metadata.name.toLowerCase() === metadata.name.toLowerCase())) {
    throw new Error(`A function named "${metadata.name}" is already registered.`)
  }
  open.functions.push({ metadata, handler })
}

function registerHook(name: string, callback: HookCallback): { dispose(): void } {
  // The library tells this error, by its name, from others to say which host a hook needs.
  if (!hookNames.has(name)) {
    throw Object.assign(new RangeError(`Unrecognized hook "${name}"`), { isAzureFunctionsSystemError: true })
  }
  if (!open) throw new RegistrationClosedError(`A hook can only be registered during app startup: ${name}.`)
  const callbacks = open.hooks.get(name) ?? []
  open.hooks.set(name, callbacks)
  callbacks.push(callback)
  return { dispose: () => callbacks.splice(callbacks.indexOf(callback), 1) }
}

function setProgrammingModel(model: ProgrammingModel): void {
  lastModel = model
  if (open) open.model = model
}

const coreModule = {
  version: hostVersion,
  hostVersion,
  registerFunction,
  registerHook,
  setProgrammingModel,
  getProgrammingModel: () => lastModel,
  log: (level: LogLevel, category: LogCategory, message: string) => systemLog(level, category, message),
  Disposable: class {
    readonly #dispose: () => void
    constructor(dispose: () => void) {
      this.#dispose = dispose
    }
    dispose(): void {
      this.#dispose()
    }
  },
}

interface ModuleLoader {
  _load(request: string, parent: unknown, isMain: boolean): unknown
}

/**
 * Makes `require('@azure/functions-core')` answer this host's own module, everywhere in the process.
 * The module exists only inside the real worker, which intercepts `require` the same way.
 */
export function provideCoreModule(log: SystemLog): void {
  systemLog = log
  if (installed) return
  installed = true
  const loader = Module as unknown as ModuleLoader
  const original = loader._load
  loader._load = function load(this: unknown, request, parent, isMain) {
    if (request === '@azure/functions-core') return coreModule
    return original.call(this, request, parent, isMain)
  }
}

/**
 * Runs `load` and answers what was registered meanwhile. Afterwards registration is closed again.
 * Apps are loaded one after another, so what is registered belongs to the one being loaded.
 */
export async function collectRegistrations(load: () => Promise<void>): Promise<Registrations> {
  const collected: Registrations = { functions: [], hooks: new Map() }
  open = collected
  try {
    await load()
  } finally {
    open = undefined
  }
  // Apps that share one copy of the library share its model: it announces itself only once.
  collected.model ??= lastModel
  return collected
}
