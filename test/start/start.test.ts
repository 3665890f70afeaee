import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { runScenario } from '@remit/simulator/run'
import { afterEach, beforeEach, expect, test } from 'vitest'

const main = fileURLToPath(new URL('../../start/main.ts', import.meta.url))
const SEED = 7

let data = ''
const started: ChildProcess[] = []

beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'remit-start-'))
})

afterEach(async () => {
  for (const child of started.splice(0)) child.kill('SIGKILL')
  await rm(data, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })
})

/** Starts what `pnpm start` starts, and resolves with the address when it is ready. */
function start(...args: string[]): Promise<{ child: ChildProcess; address: string; lines: string[] }> {
  const child = spawn(process.execPath, [main, '--data', data, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  started.push(child)
  const lines: string[] = []
  return new Promise((resolve, reject) => {
    const hear = (line: string) => {
      lines.push(line)
      const address = lines.map(one => /Remit is ready at (\S+)/.exec(one)?.[1]).find(found => found)
      if (address && line.startsWith('Ctrl-C')) resolve({ child, address, lines })
    }
    for (const stream of [child.stdout, child.stderr]) if (stream) createInterface({ input: stream }).on('line', hear)
    child.once('exit', code => reject(new Error(`ended with ${code}: ${lines.join('\n')}`)))
  })
}

const ended = (child: ChildProcess) => new Promise<number | null>(resolve => child.once('exit', resolve))

test('a newcomer sees the family, and the way of one transfer; a restart plays nothing twice', {
  timeout: 90_000,
}, async () => {
  const first = await start('--port', '0')
  const said = first.lines.join('\n')
  expect(said).toContain('The ledger is balanced.')
  expect(said).toMatch(
    /ms {2}SendCredits is stored[\s\S]*CreditsSent is recorded[\s\S]*CreditsReceived is recorded[\s\S]*shows completed/,
  )
  const stopped = ended(first.child)
  first.child.kill('SIGINT')
  expect(await stopped).toBe(0)
  const second = await start('--port', '0')
  expect(second.lines.join('\n')).not.toContain('Scenario family')
})

test('SIGKILL in the middle of a crowd: nothing accepted is lost, nothing happens twice', {
  timeout: 180_000,
}, async () => {
  let { child, address } = await start('--bare', '--port', '0')
  let restarted: Promise<unknown> | undefined
  const killAndStart = async () => {
    const gone = ended(child)
    child.kill('SIGKILL')
    await gone
    const again = await start('--bare', '--port', new URL(address).port)
    child = again.child
  }
  const verdict = await runScenario({
    scenario: 'crowd',
    address,
    seed: SEED,
    accounts: 30,
    transfers: 600,
    patience: 90,
    progress: (title, done) => {
      if (title.startsWith('credits') && done > 200) restarted ??= killAndStart()
    },
  })
  await restarted
  expect(restarted).toBeDefined()
  expect(verdict.firstDifferences).toEqual([])
  expect(verdict.ok).toBe(true)
})
