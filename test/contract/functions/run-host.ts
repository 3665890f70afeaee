import { type HostOptions, startFunctions } from 'local-functions/host'

/** A process of its own for a host, told what to run by its argument and telling its parent what happens. */
const options: HostOptions = JSON.parse(process.argv[2] ?? '{}')
const tell = (message: object) => process.send?.(message)

// A test that is gone must not leave its host behind.
process.once('disconnect', () => process.exit(1))

try {
  const host = await startFunctions({ ...options, log: entry => tell({ kind: 'log', entry }) })
  process.on('message', message => {
    if (message === 'stop') host.stop().then(() => process.exit(0))
  })
  tell({ kind: 'ready', endpoint: host.endpoint })
} catch (error) {
  const message = error instanceof Error ? error.message : String(error)
  process.send?.({ kind: 'failed', message }, () => process.exit(1))
}
