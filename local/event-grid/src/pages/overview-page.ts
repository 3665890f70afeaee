import { html, page, table } from 'local-plain-pages/html'
import type { TopicReport } from '../delivery-report.ts'

/** All topics with their subscriptions. */
export function overviewPage(reports: TopicReport[]): string {
  const heads = ['Topic', 'Subscription', 'Destination', 'State', 'Pending', 'Failing', 'Delivered', 'Dead']
  const rows = reports.flatMap(({ topic, subscriptions }) =>
    subscriptions.map(one => [
      html`<a href="/topics/${topic}">${topic}</a>`,
      one.name,
      one.destination,
      stateOf(one),
      one.pending,
      one.failing,
      one.delivered,
      one.deadLettered + one.dropped,
    ]),
  )
  const lonely = reports.filter(({ subscriptions }) => subscriptions.length === 0)
  return page(
    'Event Grid',
    html`${table('Subscriptions', heads, rows)}
${lonely.map(({ topic }) => html`<p><a href="/topics/${topic}">${topic}</a> has no subscriptions.</p>`)}`,
  )
}

/** What a subscription does, in words. */
export function stateOf({ validated, probationEnds }: TopicReport['subscriptions'][number]): string {
  if (!validated) return 'has not consented yet'
  return probationEnds === null ? 'active' : `on probation until ${probationEnds}`
}
