import { app, type HttpHandler } from '@azure/functions'
import { readEnvironment, surroundingsOf } from '@remit/api/environment'
import { signedCursors } from '@remit/api/http/cursor'
import { realWorld as world } from '@remit/api/real-world'
import { openContainers } from '@remit/documents/containers'
import { listDecided } from './list-decided.ts'
import { listReviews } from './list-reviews.ts'
import { updateReviews } from './review-list.ts'

const env = readEnvironment({})
const { reviews, details } = openContainers(env.COSMOS, ['reviews', 'details'])
const desk = {
  surroundings: surroundingsOf(env, world),
  reviews,
  details,
  cursors: signedCursors(env.CURSOR_SECRET),
}

app.http('listReviews', {
  methods: ['GET'],
  route: 'v1/reviews',
  authLevel: 'anonymous',
  handler: listReviews(desk) as HttpHandler,
})
app.http('listDecided', {
  methods: ['GET'],
  route: 'v1/reviews/decided',
  authLevel: 'anonymous',
  handler: listDecided(desk) as HttpHandler,
})
app.eventGrid('updateReviews', { handler: event => updateReviews(reviews, event) })
