import { inParking } from './planted-bugs/parking.ts'
import { inTheProcess } from './planted-bugs/process.ts'
import { inTheRules } from './planted-bugs/rules.ts'
import { inTheStore } from './planted-bugs/store.ts'
import type { Bugs } from './planted-bugs/tools.ts'
import { inTheViews } from './planted-bugs/views.ts'

/** Everything the simulation must find, by where the defect is. */
export const bugsByPlace: Record<string, Bugs> = {
  store: inTheStore,
  rules: inTheRules,
  process: inTheProcess,
  views: inTheViews,
  parking: inParking,
}

export const plantedBugs: Bugs = Object.assign({}, ...Object.values(bugsByPlace))
