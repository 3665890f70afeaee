/** One attempt, or the end of an event, as the log keeps it. */
export interface DeliveryRecord {
  at: string
  subscription: string
  eventId: string
  /** Counted from 1. */
  attempt: number
  outcome: string
  status?: number
  /** What became of an event that is given up. */
  end?: 'dropped' | 'dead-lettered'
}

/** Counted since the server started. */
export interface DeliveryCounts {
  delivered: number
  failedAttempts: number
  deadLettered: number
  dropped: number
}

/** What happened to a topic's events lately. */
export interface DeliveryLog {
  counts(subscription: string): DeliveryCounts
  add(record: DeliveryRecord): void
  /** Newest first. */
  recent(): DeliveryRecord[]
}

/** How many records are kept. */
const capacity = 200

export function createDeliveryLog(): DeliveryLog {
  const counts = new Map<string, DeliveryCounts>()
  const records: DeliveryRecord[] = []
  return {
    counts(subscription) {
      const found = counts.get(subscription) ?? { delivered: 0, failedAttempts: 0, deadLettered: 0, dropped: 0 }
      counts.set(subscription, found)
      return found
    },
    add(record) {
      records.push(record)
      if (records.length > capacity) records.shift()
    },
    recent: () => [...records].reverse(),
  }
}
