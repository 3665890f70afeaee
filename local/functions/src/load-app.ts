import { existsSync, globSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { FunctionMetadata, Handler, HookCallback, ProgrammingModel } from './core-api.ts'
import { collectRegistrations, type Registrations } from './core-module.ts'
import { type HostJson, readHostJson } from './host-json.ts'
import { bodyLimitOf } from './http/read-body.ts'
import { openThrottle, type Throttle } from './http/throttle.ts'
import { readSettings, type Settings } from './settings.ts'
import { messageOf, StartError } from './start-error.ts'

/** An app folder and the settings that win over all others. */
export interface AppOptions {
  folder: string
  settings?: Settings
}

/** An app before its code has run. */
export interface AppFolder {
  folder: string
  files: string[]
  hostJson: HostJson
  settings: Settings
}

/** An app with everything it registered. */
export interface App extends AppFolder {
  model: ProgrammingModel
  hooks: Map<string, HookCallback[]>
  functions: { metadata: FunctionMetadata; handler: Handler }[]
  /** Shared by all hooks of the app. */
  appHookData: Record<string, unknown>
  /** Of its HTTP requests, in bytes. */
  bodyLimit: number
  /** Of its HTTP requests. */
  throttle: Throttle
  /** Where an app with HTTP streams reads requests itself. */
  streamsTo?: URL
}

/** A module runs once per process: a later start of the same app takes what its first load registered. */
const loaded = new Map<string, Registrations>()

/** Reads an app's `package.json`, `host.json` and settings. Throws a StartError saying what is wrong. */
export function readApp({ folder: given, settings }: AppOptions): AppFolder {
  const folder = resolve(given)
  const file = join(folder, 'package.json')
  if (!existsSync(file)) throw new StartError(`${file} is missing.`)
  let main: unknown
  try {
    main = (JSON.parse(readFileSync(file, 'utf8')) as { main?: unknown }).main
  } catch (error) {
    throw new StartError(`${file} is not valid JSON: ${messageOf(error)}`)
  }
  if (typeof main !== 'string') throw new StartError(`${file}: "main" must name the app's entry file or a glob.`)
  const files = globSync(main, { cwd: folder }).sort()
  if (files.length === 0) {
    throw new StartError(`${file}: no file matches "main": ${main}. If it is a build's result, build the app first.`)
  }
  const all = readSettings(folder, settings)
  return {
    folder,
    files: files.map(name => join(folder, name)),
    hostJson: readHostJson(folder, { ...process.env, ...all }),
    settings: all,
  }
}

/** Runs the app's entry files and takes what they register. Throws a StartError naming the file that failed. */
export async function loadApp(app: AppFolder): Promise<App> {
  const key = app.files.join('\n')
  const registered = loaded.get(key) ?? (await collectRegistrations(() => importAll(app.files)))
  loaded.set(key, registered)
  if (registered.functions.length === 0) throw new StartError(`No functions were registered by ${app.folder}.`)
  if (!registered.model) throw new StartError(`${app.folder} does not use @azure/functions version 4.`)
  const { maxConcurrentRequests, maxOutstandingRequests } = app.hostJson
  const throttle = openThrottle(maxConcurrentRequests, maxOutstandingRequests)
  const bodyLimit = bodyLimitOf(app.settings)
  return { ...app, ...registered, model: registered.model, appHookData: {}, bodyLimit, throttle }
}

async function importAll(files: string[]): Promise<void> {
  for (const file of files) {
    try {
      await import(pathToFileURL(file).href)
    } catch (error) {
      throw new StartError(`${file} could not be loaded: ${messageOf(error)}`, { cause: error })
    }
  }
}
