/** Below this share of the whole time a transfer is urgent. */
const URGENT = 0.1

export type TimeLeft = {
  /** How long, in words short enough for a column. */
  readonly text: string
  /** What is left of the whole time, from 1 to 0. */
  readonly share: number
  readonly state: 'calm' | 'urgent' | 'over'
}

/** How long there is to decide. */
export function timeLeft(from: string, due: string, now: number): TimeLeft {
  const left = Date.parse(due) - now
  const whole = Date.parse(due) - Date.parse(from)
  const share = whole > 0 ? Math.min(1, Math.max(0, left / whole)) : 0
  if (left <= 0) return { text: 'past due', share: 0, state: 'over' }
  return { text: duration(left), share, state: share < URGENT ? 'urgent' : 'calm' }
}

/** The two largest units that say something; seconds only where they matter. */
export function duration(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1000)
  const minutes = Math.floor(seconds / 60)
  const hours = Math.floor(minutes / 60)
  const days = Math.floor(hours / 24)
  if (days > 0) return `${days} d ${hours % 24} h`
  if (hours > 0) return `${hours} h ${minutes % 60} min`
  if (minutes >= 10) return `${minutes} min`
  if (minutes > 0) return `${minutes} min ${seconds % 60} s`
  return `${seconds} s`
}
