import { app, type HttpHandler, type InvocationContext } from '@azure/functions'
import { asRead, containersOf, editionsIn } from '@remit/api/editions'
import { readEnvironment, surroundingsOf } from '@remit/api/environment'
import { signedCursors } from '@remit/api/http/cursor'
import { realWorld as world } from '@remit/api/real-world'
import { openContainers } from '@remit/documents/containers'
import * as df from 'durable-functions'
import { z } from 'zod'
import { addressesBy, durableCompanions } from './companions.ts'
import { followReview, watchReviews } from './follow-review.ts'
import { giveUpLetter, sendLetter } from './letters.ts'
import { listDecided } from './list-decided.ts'
import { listReviews } from './list-reviews.ts'
import { updateReviews } from './review-list.ts'
import { closeReview, lookAtReview } from './review-steps.ts'
import { activities, DELIVER, deliverLetter, reviewTransfer } from './review-transfer.ts'
import { smtpMailer } from './smtp-mailer.ts'

const env = readEnvironment({
  /** Where mail is handed over: `smtp://…`. */
  MAIL_SMTP: z.url({ protocol: /^smtps?$/ }),
  MAIL_FROM: z.string().min(3),
  /** Who is reminded of what waits. */
  MAIL_REVIEWERS: z.string().min(3),
  /** The address of an account's owner, with `{owner}` in it. */
  MAIL_OWNERS: z.string().includes('{owner}'),
  /** When it is looked after what was lost; NCRONTAB. */
  WATCH_REVIEWS_SCHEDULE: z.string().default('0 * * * * *'),
  /** Milliseconds before a step that failed is tried again, the first time; then twice as long each time. */
  REVIEW_RETRY_MILLISECONDS: z.coerce.number().int().positive().default(5_000),
})
const opened = openContainers(env.COSMOS, [...containersOf(['accounts']), 'views', 'reviews', 'letters', 'details'])
const { accounts, reviews, letters, details } = asRead(opened, editionsIn(opened.views, world))
const desk = { surroundings: surroundingsOf(env, world), reviews, details, cursors: signedCursors(env.CURSOR_SECRET) }

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

const client = df.input.durableClient()
const companionsFor = (context: InvocationContext) => durableCompanions(df.getClient(context))
app.eventGrid('updateReviews', {
  extraInputs: [client],
  handler: async (event, context) => {
    const item = await updateReviews(reviews, event)
    if (item) await followReview(companionsFor(context), item)
  },
})
app.timer('watchReviews', {
  schedule: env.WATCH_REVIEWS_SCHEDULE,
  extraInputs: [client],
  handler: (_, context) => watchReviews(reviews, companionsFor(context)),
})

const steps = { reviews, letters, accounts, addresses: addressesBy(env.MAIL_REVIEWERS, env.MAIL_OWNERS), world }
const sending = { letters, mailer: smtpMailer(env.MAIL_SMTP, env.MAIL_FROM) }
const retries = (most: number) => {
  const options = new df.RetryOptions(env.REVIEW_RETRY_MILLISECONDS, most)
  options.backoffCoefficient = 2
  return options
}
df.app.orchestration('reviewTransfer', reviewTransfer(retries))
df.app.orchestration(DELIVER, deliverLetter(retries))
df.app.activity(activities.look, { handler: ({ transferId }) => lookAtReview(steps, transferId) })
df.app.activity(activities.send, { handler: which => sendLetter(sending, which) })
df.app.activity(activities.giveUp, { handler: which => giveUpLetter(letters, which) })
df.app.activity(activities.close, { handler: ({ transferId }) => closeReview(steps, transferId) })
