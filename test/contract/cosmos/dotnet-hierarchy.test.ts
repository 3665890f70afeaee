import { expect, it } from 'vitest'
import { effectiveKey } from '../../../local/cosmos/src/partition-key/effective-key.ts'
import { asPlan, keyHeader, onRange, openWire, type Wire } from './dotnet-wire.ts'

const paths = ['/tenant', '/user', '/session']

/** The part of the ring of a prefix of levels, as headers: all longer keys lie between its hash and its hash with FF. */
function prefix(...levels: string[]): Record<string, string> {
  const hash = effectiveKey(levels, { paths, kind: 'MultiHash', version: 2 })
  return {
    'x-ms-start-epk': hash,
    'x-ms-end-epk': `${hash}FF`,
    'x-ms-read-key-type': 'EffectivePartitionKeyRange',
  }
}

async function fill(wire: Wire): Promise<string> {
  const path = await wire.newContainer({ partitionKey: { paths, kind: 'MultiHash', version: 2 } })
  for (let n = 0; n < 48; n++) {
    const [tenant, user, session] = [`t${n % 3}`, `u${n % 4}`, `s${n % 2}`] as const
    const body = { id: `i${n}`, tenant, user, session }
    await wire.send({ method: 'POST', path: `${path}/docs`, headers: keyHeader(tenant, user, session), body })
  }
  return path
}

/** Asks every range, as the client does with those that a prefix overlaps. */
async function throughRanges(wire: Wire, path: string, ask: (range: string) => Promise<unknown[]>): Promise<unknown[]> {
  const { json } = await wire.send({ method: 'GET', path: `${path}/pkranges` })
  const parts = await Promise.all(json().PartitionKeyRanges.map(({ id }) => ask(id)))
  return parts.flat()
}

it.each([
  [['t1'], 16],
  [['t1', 'u1'], 4],
  [['t0', 'u0', 's0'], 4],
  [['t0', 'u0', 's1'], 0],
])('finds what lies below %j, by query and in the change feed', async (levels, count) => {
  const wire = await openWire()
  const path = await fill(wire)
  const docs = `${path}/docs`
  const query = 'SELECT * FROM c'
  const plan = await wire.send({
    method: 'POST',
    path: docs,
    headers: { ...asPlan, ...prefix(...levels) },
    body: { query },
  })
  expect(plan.status).toBe(200)
  const found = await throughRanges(wire, path, async range => {
    const headers = { ...onRange(range), ...prefix(...levels) }
    return (await wire.send({ method: 'POST', path: docs, headers, body: { query } })).json().Documents
  })
  expect(found).toHaveLength(count)
  const changed = await throughRanges(wire, path, async range => {
    const headers = { 'x-ms-documentdb-partitionkeyrangeid': range, 'a-im': 'Incremental Feed', ...prefix(...levels) }
    const answer = await wire.send({ method: 'GET', path: docs, headers })
    return answer.status === 304 ? [] : answer.json().Documents
  })
  expect(changed).toHaveLength(count)
})
