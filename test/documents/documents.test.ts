import { describe } from 'vitest'
import { writingSuite } from './documents-suite.ts'
import { querySuite } from './query-suite.ts'
import { implementations } from './stores.ts'

for (const [name, open] of Object.entries(implementations)) {
  describe(`documents ${name}`, () => {
    writingSuite(open)
    querySuite(open)
  })
}
