import { crowd } from './scenarios/crowd.ts'
import { family } from './scenarios/family.ts'
import { merchants } from './scenarios/merchants.ts'
import { race } from './scenarios/race.ts'
import { retries } from './scenarios/retries.ts'
import { reviews } from './scenarios/reviews.ts'

/** Every scenario by name: a plan made of options, the same one for the same seed. */
export const scenarios = { family, reviews, merchants, race, retries, crowd }

export type ScenarioName = keyof typeof scenarios

export const scenarioNames = Object.keys(scenarios) as ScenarioName[]
