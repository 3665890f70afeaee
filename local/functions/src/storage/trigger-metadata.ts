import type { BindingData } from '../bindings/expression.ts'
import type { TypedData } from '../core-api.ts'

/** What a function finds in `context.triggerMetadata`: texts as texts, anything else as JSON. Lists are left out. */
export function typedMetadata(data: BindingData): Record<string, TypedData> {
  const shown = Object.entries(data).filter(([, value]) => {
    return value !== undefined && value !== null && !Array.isArray(value)
  })
  return Object.fromEntries(
    shown.map(([name, value]) => [
      name,
      typeof value === 'string' ? { string: value } : { json: JSON.stringify(value) },
    ]),
  )
}

/** A moment as .NET writes it: no fraction when that is zero, and the difference to UTC. */
export function zonedTime(at: Date, offset = 0): string {
  const local = new Date(at.getTime() + offset).toISOString().replace(/\.?0*Z$/, '')
  const minutes = Math.abs(offset) / 60_000
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0')
  return `${local}${offset < 0 ? '-' : '+'}${two(minutes / 60)}:${two(minutes % 60)}`
}
