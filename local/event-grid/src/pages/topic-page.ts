import { type Html, html, page, table } from 'local-plain-pages/html'
import type { TopicReport } from '../delivery-report.ts'
import { stateOf } from './overview-page.ts'

/** One topic: its subscriptions, what waits, what was tried lately and what is dead. */
export function topicPage(report: TopicReport): string {
  return page(
    `Topic ${report.topic}`,
    html`<p><a href="/">All topics</a> · <a href="/topics/${report.topic}/deliveries">as JSON</a></p>
${subscriptions(report)}
${pending(report)}
${deadLetters(report)}
${attempts(report)}`,
  )
}

function subscriptions(report: TopicReport): Html {
  return table(
    'Subscriptions',
    ['Name', 'Destination', 'State', 'Pending', 'Failing', 'Next due', 'Delivered', 'Failed attempts', 'Dead'],
    report.subscriptions.map(one => [
      one.name,
      one.destination,
      stateOf(one),
      one.pending,
      one.failing,
      one.nextDue,
      one.delivered,
      one.failedAttempts,
      one.deadLettered + one.dropped,
    ]),
  )
}

function pending(report: TopicReport): Html {
  return table(
    'Pending events',
    ['Event', 'Subscription', 'Attempts', 'Last outcome', 'Due'],
    report.pending.map(one => [one.eventId, one.subscription, one.attempts, one.lastOutcome, one.due]),
  )
}

function deadLetters(report: TopicReport): Html {
  return table(
    'Dead events',
    ['Event', 'Type', 'Subject', 'Subscription', 'Reason', 'Attempts', 'Last outcome', 'Given up', 'Blob', 'Again'],
    report.dead.map(one => [
      one.eventId,
      one.type,
      one.subject,
      one.subscription,
      one.reason,
      one.attempts,
      one.lastOutcome,
      one.died,
      blobOf(one),
      html`<form method="post" action="/topics/${report.topic}/dead-letters/${one.id}/redeliver"><button aria-label="Redeliver event ${one.eventId} to ${one.subscription}">Redeliver</button></form>`,
    ]),
  )
}

function blobOf({ blob, blobDue, lost }: TopicReport['dead'][number]): Html {
  if (blob !== null) return html`<a href="${blob}">${blob.split('/').slice(-6).join('/')}</a>`
  return blobDue === null ? html`${lost}` : html`is written at ${blobDue}`
}

function attempts(report: TopicReport): Html {
  return table(
    'Latest attempts',
    ['At', 'Subscription', 'Event', 'Attempt', 'Outcome', 'Status'],
    report.recent.map(one => [
      one.at,
      one.subscription,
      one.eventId,
      one.attempt,
      one.end ? `${one.outcome}, ${one.end}` : one.outcome,
      one.status ?? null,
    ]),
  )
}
