import { createRequire, registerHooks } from 'node:module'

/** The program of a process of its own: Azurite, which ends with the process that started it. */
process.once('disconnect', () => process.exit(0))
// Listening alone must not keep it alive once its servers are closed.
process.channel?.unref()

// Its telemetry is switched off and not installed, but its code asks for the module.
registerHooks({
  resolve: (name, context, next) =>
    name === 'applicationinsights'
      ? { url: 'none:applicationinsights', format: 'commonjs', shortCircuit: true }
      : next(name, context),
  load: (url, context, next) =>
    url === 'none:applicationinsights' ? { format: 'commonjs', source: '', shortCircuit: true } : next(url, context),
})
const require = createRequire(import.meta.url)
require('azurite/dist/src/azurite.js')
