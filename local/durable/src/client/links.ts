/** Where a hub can be reached. */
export interface Doors {
  /** `http://host/runtime/webhooks/durabletask`. */
  baseUrl: string
  /** The key its callers must send, if any. */
  code?: string | undefined
  /** A door for this machine alone, which asks for no key. */
  rpcBaseUrl?: string | undefined
}

/** The name of the connection in links: there is only one place where anything is kept. */
const connection = 'Storage'

/** Everything one can ask of an instance, as addresses. */
export function managementLinks(doors: Doors, taskHub: string, id: string): Record<string, string> {
  const instance = `${doors.baseUrl}/instances/${encodeURIComponent(id)}`
  const suffix = `taskHub=${encodeURIComponent(taskHub)}&connection=${connection}${code(doors, '&')}`
  return {
    id,
    statusQueryGetUri: `${instance}?${suffix}`,
    sendEventPostUri: `${instance}/raiseEvent/{eventName}?${suffix}`,
    terminatePostUri: `${instance}/terminate?reason={text}&${suffix}`,
    rewindPostUri: `${instance}/rewind?reason={text}&${suffix}`,
    purgeHistoryDeleteUri: `${instance}?${suffix}`,
    restartPostUri: `${instance}/restart?${suffix}`,
    suspendPostUri: `${instance}/suspend?reason={text}&${suffix}`,
    resumePostUri: `${instance}/resume?reason={text}&${suffix}`,
  }
}

/** What an app's client binding is handed. */
export function clientBinding(doors: Doors, taskHub: string): object {
  const create = `${doors.baseUrl}/orchestrators/{functionName}[/{instanceId}]`
  return {
    taskHubName: taskHub,
    creationUrls: {
      createNewInstancePostUri: `${create}?${code(doors, '')}`,
      createAndWaitOnNewInstancePostUri: `${create}?timeout={timeoutInSeconds}&pollingInterval={intervalInSeconds}${code(doors, '&')}`,
    },
    managementUrls: managementLinks(doors, taskHub, 'INSTANCEID'),
    baseUrl: doors.baseUrl,
    // The SDK takes an empty text for an extension that is too old to have entities.
    requiredQueryStringParameters: code(doors, '') || 'code=',
    ...(doors.rpcBaseUrl === undefined ? {} : { rpcBaseUrl: doors.rpcBaseUrl }),
  }
}

function code(doors: Doors, separator: string): string {
  return doors.code === undefined ? '' : `${separator}code=${encodeURIComponent(doors.code)}`
}
