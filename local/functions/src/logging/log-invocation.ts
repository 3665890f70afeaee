import type { LogLevel } from '@azure/functions'
import type { Log, LogCategory } from '../core-api.ts'
import type { RegisteredFunction } from '../invoke.ts'
import { messageOf } from '../start-error.ts'

const programmatic = 'This function was programmatically called via the host APIs.'

/** Writes a log line after the app's own log hooks have seen, and maybe changed, it. */
export function logThroughHooks(target: RegisteredFunction, invocationId: string, log: Log) {
  return (level: LogLevel, category: LogCategory, message: string): void => {
    const context = { level, category, message, hookData: {}, appHookData: target.app.appHookData }
    for (const hook of target.app.hooks.get('log') ?? []) hook(context)
    const source = category === 'user' ? `Function.${target.name}.User` : `Function.${target.name}`
    if (!target.app.hostJson.logLevels.writes(source, context.level)) return
    const { level: finalLevel, message: finalMessage } = context
    log({
      at: Date.now(),
      level: finalLevel,
      category: source,
      message: finalMessage,
      functionName: target.name,
      invocationId,
    })
  }
}

/** Says of an invocation when it begins and how it ended, in the service's own words. */
export function reportInvocation(target: RegisteredFunction, invocationId: string, log: Log) {
  const { name, app } = target
  const category = `Function.${name}`
  const begun = Date.now()
  const say = (level: LogLevel, text: () => string) => {
    if (!app.hostJson.logLevels.writes(category, level)) return
    log({ at: Date.now(), level, category, message: text(), functionName: name, invocationId })
  }
  const duration = () => `Duration=${Date.now() - begun}ms`
  return {
    begun: (reason = programmatic) =>
      say('information', () => `Executing 'Functions.${name}' (Reason='${reason}', Id=${invocationId})`),
    succeeded: () =>
      say('information', () => `Executed 'Functions.${name}' (Succeeded, Id=${invocationId}, ${duration()})`),
    failed: (error: unknown) =>
      say('error', () => {
        const what = error instanceof Error ? error.stack : messageOf(error)
        return `Executed 'Functions.${name}' (Failed, Id=${invocationId}, ${duration()})\n${what}`
      }),
  }
}
