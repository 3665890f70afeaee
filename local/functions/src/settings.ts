import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Binding } from './core-api.ts'
import { messageOf, StartError } from './start-error.ts'

/** App settings by name: what the app sees in `process.env`. */
export type Settings = Record<string, string>

/**
 * One app's settings: `local.settings.json`, over it the environment, over it what the caller gives.
 * Throws a StartError when the file cannot be read.
 */
export function readSettings(folder: string, given: Settings = {}): Settings {
  const settings: Settings = { ...localSettings(folder) }
  for (const name of Object.keys(settings)) {
    const real = process.env[name]
    if (real !== undefined) settings[name] = real
  }
  return { ...settings, ...given }
}

function localSettings(folder: string): Settings {
  const file = join(folder, 'local.settings.json')
  if (!existsSync(file)) return {}
  let values: unknown
  let encrypted: unknown
  try {
    const json = JSON.parse(readFileSync(file, 'utf8')) as { Values?: unknown; IsEncrypted?: unknown }
    values = json.Values ?? {}
    encrypted = json.IsEncrypted
  } catch (error) {
    throw new StartError(`${file} is not valid JSON: ${messageOf(error)}`)
  }
  if (encrypted === true) throw new StartError(`${file} is encrypted; decrypt it first.`)
  const entries = Object.entries(values as Record<string, unknown>)
  const wrong = entries.find(([, value]) => typeof value !== 'string')
  if (wrong) throw new StartError(`${file}: the value of "${wrong[0]}" must be a string.`)
  return Object.fromEntries(entries) as Settings
}

/**
 * Puts the settings of all apps into the environment of this process, and answers how to undo it.
 * Apps of one process share it, so two different values of one setting are a StartError.
 */
export function applySettings(apps: { folder: string; settings: Settings }[]): () => void {
  const from = new Map<string, { folder: string; value: string }>()
  for (const { folder, settings } of apps) {
    for (const [name, value] of Object.entries(settings)) {
      const other = from.get(name)
      if (other && other.value !== value) {
        throw new StartError(`Setting "${name}" has different values in ${other.folder} and ${folder}.`)
      }
      from.set(name, { folder, value })
    }
  }
  const before = new Map([...from.keys()].map(name => [name, process.env[name]]))
  for (const [name, { value }] of from) process.env[name] = value
  return () => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
    }
  }
}

/** A setting of the app or of the environment. */
export function setting(settings: Settings, name: string): string | undefined {
  return settings[name] ?? process.env[name]
}

/** Whether the setting `AzureWebJobs.<name>.Disabled` of a function is true: the host then leaves it out. */
export function isDisabled(functionName: string, settings: Settings): boolean {
  const value = setting(settings, `AzureWebJobs.${functionName}.Disabled`)
  return value === '1' || value?.toLowerCase() === 'true'
}

/** Replaces every `%NAME%` in a binding's texts. Throws a StartError for a setting that is missing. */
export function resolveNames(functionName: string, binding: Binding, settings: Settings): Binding {
  const resolved: Binding = { ...binding }
  for (const [option, value] of Object.entries(binding)) {
    if (typeof value !== 'string') continue
    resolved[option] = value.replace(/%([^%\s]+)%/g, (_, name: string) => {
      const found = setting(settings, name)
      if (found === undefined) {
        throw new StartError(`Function "${functionName}": "${option}" needs the setting "${name}", which is missing.`)
      }
      return found
    })
  }
  return resolved
}
