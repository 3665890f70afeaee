import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { basename, join } from 'node:path'
import { type Configuration, readConfiguration } from '../configuration.ts'
import type { App } from '../load-app.ts'
import { setting } from '../settings.ts'
import { StartError } from '../start-error.ts'

/** What an app's `host.json` says about its task hub. */
export interface HubOptions {
  taskHub: string
  /** Functions of each kind that run at once. */
  concurrency: { orchestrators: number; activities: number; entities: number }
  /** Which existing instance a new one of the same id replaces. */
  overridable: 'AnyState' | 'NonRunningStates'
}

/** Functions of one kind that run at once when nothing is said, for each processor. */
const perProcessor = 10

/** Reads `extensions.durableTask`. Throws a StartError that says what is wrong. */
export function readHubOptions({ folder, settings }: Pick<App, 'folder' | 'settings'>): HubOptions {
  const file = join(folder, 'host.json')
  const json = JSON.parse(readFileSync(file, 'utf8')) as object
  const configuration = readConfiguration(file, json, { ...process.env, ...settings })
  const initial = perProcessor * availableParallelism()
  const limit = (name: string) =>
    configuration.wholeNumber(`extensions:durableTask:maxConcurrent${name}Functions`, { initial, least: 1 })
  return {
    taskHub: hubName(configuration, { file, folder, settings }),
    concurrency: {
      orchestrators: limit('Orchestrator'),
      activities: limit('Activity'),
      entities: limit('Entity'),
    },
    overridable: overridable(configuration, file),
  }
}

function overridable(configuration: Configuration, file: string): HubOptions['overridable'] {
  const path = 'extensions:durableTask:overridableExistingInstanceStates'
  switch (configuration.text(path, 'NonRunningStates').toLowerCase()) {
    case 'anystate':
      return 'AnyState'
    case 'nonrunningstates':
      return 'NonRunningStates'
    default:
      throw new StartError(`${file}: "${path.replaceAll(':', '.')}" must be "AnyState" or "NonRunningStates".`)
  }
}

/** The name that was given, or one made of the app's name. */
function hubName(
  configuration: Configuration,
  { file, folder, settings }: { file: string } & Pick<App, 'folder' | 'settings'>,
): string {
  const given = configuration.text('extensions:durableTask:hubName', '')
  if (given === '') return sanitized(setting(settings, 'WEBSITE_SITE_NAME') ?? basename(folder))
  const name = given.replace(/^%([^%]+)%$/, (_, wanted: string) => {
    const found = setting(settings, wanted)
    if (found === undefined) throw new StartError(`${file}: "hubName" needs the setting "${wanted}", which is missing.`)
    return found
  })
  if (/^[A-Za-z][A-Za-z0-9]{2,49}$/.test(name)) return name
  throw new StartError(
    `${file}: Task hub name '${name}' should contain only alphanumeric characters, start with a letter, and have length between 3 and 45.`,
  )
}

/** As the extension makes a task hub's name of an app's name. */
function sanitized(name: string): string {
  const letters = name.replace(/[^\p{L}\p{Nd}]/gu, '')
  if (letters === '') return 'DefaultTaskHub'
  const hub = `${/^\p{Nd}/u.test(letters) ? 't' : ''}${letters}`.slice(0, 45)
  return hub.length < 3 ? `${hub}Hub` : hub
}
