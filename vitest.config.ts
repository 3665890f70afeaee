import { defineConfig } from 'vitest/config'
import { LongestFirst } from './test/longest-first.ts'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    reporters: ['default', './test/closing-line.ts'],
    testTimeout: 30_000,
    // A busy machine may take its time; a condition that holds ends the wait at once.
    expect: { poll: { timeout: 10_000 } },
    // Many tests wait for others' processes; three keep two cores busy. Helpers of the collector would only be in their way.
    maxWorkers: 3,
    execArgv: ['--single-threaded-gc'],
    // No test changes what others share, so a worker loads the code once.
    isolate: false,
    unstubEnvs: true,
    sequence: { sequencer: LongestFirst },
  },
})
