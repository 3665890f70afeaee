import { typeRank } from '../../json.ts'
import { compareForOrder, type Value } from './values.ts'

/** An aggregate in a SELECT: what it adds up, and the slot its result is read from. */
export type AggregateSlot = { name: string; argument: (env: Value[]) => Value; slot: number }

export type Accumulator = { add(value: Value): void; result(): Value }

/** Missing values are skipped by all; a value an aggregate cannot use makes the result undefined. */
export function newAccumulator(name: string): Accumulator {
  switch (name) {
    case 'COUNT':
      return counting(value => value !== undefined)
    case 'COUNTIF':
      return counting(value => value === true)
    case 'SUM':
      return adding(sum => sum)
    case 'AVG':
      return adding((sum, count) => (count === 0 ? undefined : sum / count))
    case 'MIN':
      return choosing((candidate, best) => compareForOrder(candidate, best) < 0)
    default:
      return choosing((candidate, best) => compareForOrder(candidate, best) > 0)
  }
}

function counting(counts: (value: Value) => boolean): Accumulator {
  let count = 0
  return {
    add: value => {
      if (counts(value)) count++
    },
    result: () => count,
  }
}

function adding(finish: (sum: number, count: number) => Value): Accumulator {
  let sum = 0
  let count = 0
  let isNumeric = true
  return {
    add: value => {
      if (value === undefined) return
      if (typeof value !== 'number') isNumeric = false
      else sum += value
      count++
    },
    result: () => (isNumeric && Number.isFinite(sum) ? finish(sum, count) : undefined),
  }
}

const firstCompositeRank = 5

function choosing(isBetter: (candidate: Value, best: Value) => boolean): Accumulator {
  let best: Value
  let isComparable = true
  return {
    add: value => {
      if (value === undefined) return
      if (typeRank(value) >= firstCompositeRank) isComparable = false
      else if (best === undefined || isBetter(value, best)) best = value
    },
    result: () => (isComparable ? best : undefined),
  }
}
