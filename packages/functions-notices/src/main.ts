import { app, type HttpHandler } from '@azure/functions'
import { asRead, containersOf, editionsIn } from '@remit/api/editions'
import { readEnvironment, surroundingsOf } from '@remit/api/environment'
import { realWorld as world } from '@remit/api/real-world'
import { openContainers } from '@remit/documents/containers'
import { createBell } from './bell.ts'
import { followNotices } from './follow-notices.ts'
import { keepNotice } from './keep-notices.ts'

const env = readEnvironment({})
const opened = openContainers(env.COSMOS, [...containersOf(['accounts']), 'views', 'notices'])
const { accounts, notices } = asRead(opened, editionsIn(opened.views, world))
const bell = createBell()
const keeping = { notices, accounts, owners: new Map(), queues: new Map(), bell, world }

// Answers are written while the function still runs: without streams nobody would hear anything before the end.
app.setup({ enableHttpStream: true })
app.http('followNotices', {
  methods: ['GET'],
  route: 'v1/me/events',
  authLevel: 'anonymous',
  handler: followNotices({ surroundings: surroundingsOf(env, world), notices, bell, world }) as HttpHandler,
})
app.eventGrid('keepNotice', { handler: event => keepNotice(keeping, event) })
