import { afterEach, describe, expect, test } from 'vitest'
import { appFolder, removeAppFolders } from './app-folder.ts'
import { type HostProcess, startHost } from './host-process.ts'

const talk = `
  app.http('talk', { authLevel: 'anonymous', handler: async (request, context) => {
    for (const level of ['trace', 'debug', 'info', 'warn', 'error']) context[level](level + ' of talk')
    if (request.query.has('fail')) throw new Error('on purpose')
    return {}
  } })
  app.http('other', { authLevel: 'anonymous', handler: async (_, context) => { context.info('info of other'); return {} } })
`

describe('logs', () => {
  const hosts: HostProcess[] = []
  afterEach(async () => {
    await Promise.all(hosts.splice(0).map(host => host.kill()))
    await removeAppFolders()
  })

  /** What is logged by one call of each function. */
  async function said(logLevel: object | undefined, settings: Record<string, string> = {}) {
    const json = { version: '2.0', ...(logLevel === undefined ? {} : { logging: { logLevel } }) }
    const folder = await appFolder(talk, { 'host.json': JSON.stringify(json) })
    const host = await startHost({ apps: [{ folder, settings }] })
    hosts.push(host)
    await fetch(`${host.endpoint}/api/talk`)
    await fetch(`${host.endpoint}/api/other`)
    await fetch(`${host.endpoint}/api/talk?fail`)
    return host.entries.filter(entry => entry.category.startsWith('Function.'))
  }
  const texts = (entries: { message: string }[]) =>
    entries.map(({ message }) => message.replace(/\(.*/s, '').trim()).slice(0, 8)

  test('without a word in host.json everything from Information on is written', async () => {
    const entries = await said(undefined)
    expect(texts(entries)).toEqual([
      "Executing 'Functions.talk'",
      'info of talk',
      'warn of talk',
      'error of talk',
      "Executed 'Functions.talk'",
      "Executing 'Functions.other'",
      'info of other',
      "Executed 'Functions.other'",
    ])
  })

  test('a line says its category, its function and its invocation', async () => {
    const [executing, info, , , executed] = await said(undefined)
    expect(info).toMatchObject({ level: 'information', category: 'Function.talk.User', functionName: 'talk' })
    expect(executing?.category).toBe('Function.talk')
    const id = info?.invocationId
    expect(executing?.message).toBe(
      `Executing 'Functions.talk' (Reason='This function was programmatically called via the host APIs.', Id=${id})`,
    )
    expect(executed?.message).toMatch(
      new RegExp(`^Executed 'Functions.talk' \\(Succeeded, Id=${id}, Duration=\\d+ms\\)$`),
    )
  })

  test('a failure is an error with its stack, for the log only', async () => {
    const failed = (await said({ default: 'Error' })).find(entry => entry.message.startsWith('Executed'))
    expect(failed?.level).toBe('error')
    expect(failed?.message).toMatch(/^Executed 'Functions\.talk' \(Failed, Id=.*\)\nError: on purpose\n +at /)
  })

  test('the longest category that fits decides', async () => {
    const entries = await said({ default: 'Debug', Function: 'None', 'Function.talk.User': 'Trace' })
    expect(texts(entries).slice(0, 5)).toEqual([
      'trace of talk',
      'debug of talk',
      'info of talk',
      'warn of talk',
      'error of talk',
    ])
    expect(entries.every(entry => entry.category === 'Function.talk.User')).toBe(true)
  })

  test('a category may have a star', async () => {
    const entries = await said({ default: 'None', 'Function.*.User': 'Warning' })
    expect(texts(entries).slice(0, 2)).toEqual(['warn of talk', 'error of talk'])
  })

  test('at the start every function is listed with its address', async () => {
    const folder = await appFolder(`
      app.http('open', { route: 'things/{id}', authLevel: 'anonymous', methods: ['PUT', 'POST'], handler: async () => ({}) })
      app.http('closed', { authLevel: 'function', handler: async () => ({}) })
      app.eventGrid('heard', { handler: () => {} })
    `)
    const host = await startHost({ apps: [{ folder }] })
    hosts.push(host)
    expect(host.entries.filter(entry => entry.category === 'Host.Startup').map(entry => entry.message)).toEqual([
      `open: [PUT,POST] ${host.endpoint}/api/things/{id}`,
      `closed: [GET,POST] ${host.endpoint}/api/closed (with a key)`,
      'heard: eventGridTrigger',
    ])
  })

  test('a setting wins over host.json', async () => {
    const name = 'AzureFunctionsJobHost__logging__logLevel__Function.talk'
    const entries = await said({ default: 'Information', 'Function.other': 'None' }, { [name]: 'Error' })
    expect(texts(entries)).toEqual(['error of talk', 'error of talk', "Executed 'Functions.talk'"])
  })
})
