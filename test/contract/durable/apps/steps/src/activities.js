import { app } from 'durable-functions'

app.activity('echo', { handler: input => input ?? null })
app.activity('double', { handler: number => number * 2 })
app.activity('nothing', { handler: () => undefined })
app.activity('kindOf', { handler: input => (input === null ? 'null' : typeof input) })

app.activity('fail', {
  handler: input => {
    throw new Error(`no ${input}`)
  },
})

/** Fails as often as the test said it shall. */
const failures = new Map()
app.activity('flaky', {
  handler: ({ key, failures: wanted }) => {
    const done = failures.get(key) ?? 0
    failures.set(key, done + 1)
    if (done < wanted) throw new Error(`attempt ${done + 1}`)
    return done + 1
  },
})
