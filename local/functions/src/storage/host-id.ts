import { createHash } from 'node:crypto'
import { hostname } from 'node:os'
import type { App } from '../load-app.ts'
import { setting } from '../settings.ts'
import { StartError } from '../start-error.ts'

/** What an app's state in storage is filed under: the setting, or a name made of the machine and the app's folder. */
export function hostIdOf({ folder, settings }: Pick<App, 'folder' | 'settings'>): string {
  const given = setting(settings, 'AzureFunctionsWebHost__hostid')
  if (given !== undefined) {
    if (/^[a-z0-9](-?[a-z0-9])*$/.test(given) && given.length <= 32) return given
    throw new StartError(
      `"AzureFunctionsWebHost__hostid" must be up to 32 small letters, digits and single dashes: ${given}`,
    )
  }
  const machine = hostname()
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '')
    .slice(0, 20)
  return `${machine || 'local'}-${createHash('sha256').update(folder).digest('hex').slice(0, 11)}`
}

/** A function's name as it stands in storage. */
export function functionIdOf(functionName: string): string {
  return `Host.Functions.${functionName}`
}
