import { type LocalStorage, startStorage } from 'local-storage/storage'
import type { App } from '../load-app.ts'
import { isDisabled, resolveNames, setting } from '../settings.ts'
import { messageOf, StartError } from '../start-error.ts'
import { connectionOf, connectionSetting, defaultConnection, isDevelopmentStorage } from './connection.ts'

/** What stands on storage, by the type of the trigger or binding in lower case. */
const onStorage = new Set(['queuetrigger', 'queue', 'blobtrigger', 'blob', 'timertrigger'])

/** What keeps its own state in the default account, whatever connection it names. */
const withState = new Set(['blobtrigger', 'timertrigger'])

/**
 * Starts Azurite when a function needs storage whose setting says `UseDevelopmentStorage=true`, and puts the real
 * connection string into every setting that says so. Answers how to stop it.
 * @param folder where it is kept; without it a restart forgets it
 */
export async function startDevelopmentStorage(apps: App[], folder?: string): Promise<() => Promise<void>> {
  const needed = new Set(apps.flatMap(neededSettings))
  if (needed.size === 0) return async () => {}
  const storage = await start(folder)
  const before = new Map([...needed].map(name => [name, process.env[name]]))
  for (const { settings } of apps) {
    for (const [name, value] of Object.entries(settings)) {
      if (!isDevelopmentStorage(value)) continue
      needed.add(name)
      settings[name] = storage.connectionString
    }
  }
  for (const name of needed) process.env[name] = storage.connectionString
  return async () => {
    await storage.stop()
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
    }
  }
}

async function start(folder: string | undefined): Promise<LocalStorage> {
  try {
    return await startStorage(folder === undefined ? {} : { folder })
  } catch (error) {
    throw new StartError(`The local storage account could not be started: ${messageOf(error)}`)
  }
}

function neededSettings({ functions, settings }: App): string[] {
  return functions
    .filter(({ metadata }) => !isDisabled(metadata.name, settings))
    .flatMap(({ metadata: { name, bindings } }) =>
      Object.values(bindings)
        .filter(({ type }) => onStorage.has(type.toLowerCase()))
        .map(binding => resolveNames(name, binding, settings)),
    )
    .flatMap(binding => [
      connectionOf(binding),
      ...(withState.has(binding.type.toLowerCase()) ? [defaultConnection] : []),
    ])
    .flatMap(name => connectionSetting(settings, name) ?? [])
    .filter(name => isDevelopmentStorage(setting(settings, name)))
}
