import type { Log } from '../core-api.ts'
import type { RegisteredFunction } from '../invoke.ts'

/**
 * What a function's trigger has to warn of, as far as `host.json` lets it through. The names of the categories
 * `Host.Triggers.CosmosDB` and `Host.Triggers.Timer` are the service's; those of the storage triggers follow them.
 */
export function triggerWarnings(
  log: Log,
  { name, app }: RegisteredFunction,
  trigger: 'Blob' | 'CosmosDB' | 'Queue' | 'Timer',
): (message: string) => void {
  const category = `Host.Triggers.${trigger}`
  return what => {
    if (!app.hostJson.logLevels.writes(category, 'warning')) return
    log({ at: Date.now(), level: 'warning', category, message: `Function "${name}": ${what}`, functionName: name })
  }
}
