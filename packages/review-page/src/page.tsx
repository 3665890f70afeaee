import { render } from 'preact'
import { apiAt } from './api.ts'
import { App } from './app.tsx'
import { browser as machine } from './browser.ts'
import { serverClock } from './clock.ts'
import { type Configuration, readConfiguration } from './configuration.ts'
import { type Away, isReturn, leaveToSignIn, returnSignedIn } from './entra.ts'
import { type Sessions, sessions as sessionsIn } from './session.ts'

const AWAY = 'remit.away'

const configuration = readConfiguration(await (await machine.send('config.json')).json())
const sessions = sessionsIn(sessionStorage)
const notice = await comeBack(configuration, sessions)
const clock = serverClock(machine.now)
const api = apiAt({ address: configuration.api, sessions, clock, machine })

const root = document.getElementById('page')
root?.replaceChildren()
if (root) render(<App {...{ configuration, sessions, api, clock, machine, notice, signInAs, leave }} />, root)

/** Ends a sign-in that was begun before the browser left. Answers with what went wrong. */
async function comeBack({ identity }: Configuration, into: Sessions): Promise<string | undefined> {
  const query = new URLSearchParams(location.search)
  if (identity.kind !== 'entra' || !isReturn(query)) return undefined
  const kept = sessionStorage.getItem(AWAY)
  sessionStorage.removeItem(AWAY)
  const away = kept === null ? undefined : (JSON.parse(kept) as Away)
  history.replaceState(null, '', `${location.pathname}${away?.where ?? ''}`)
  return returnSignedIn(identity, { query, away }, machine.send).then(
    token => void into.begin(token),
    (error: Error) => error.message,
  )
}

async function leave(): Promise<void> {
  const { identity } = configuration
  if (identity.kind !== 'entra') return
  const redirectUri = `${location.origin}${location.pathname}`
  const { address, away } = await leaveToSignIn(identity, { redirectUri, where: location.hash })
  sessionStorage.setItem(AWAY, JSON.stringify(away))
  location.assign(address)
}

async function signInAs(name: string): Promise<void> {
  const body = JSON.stringify({ sub: name, roles: ['reviewer'] })
  const answer = await machine.send(`${configuration.api}/local/token`, { method: 'POST', body })
  if (!answer.ok) throw new Error(`the issuer answered ${answer.status}`)
  const { access_token } = (await answer.json()) as { access_token: string }
  sessions.begin(access_token)
}
