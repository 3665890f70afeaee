import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { programArguments, publisherTo, startProgram, temporaryFolder } from './event-grid-process.ts'
import { idsOf, key, order, subscriber, to } from './topic-under-test.ts'

const queue = { type: 'storage-queue', connectionString: '%NO_SUCH_SETTING%', queueName: 'work' }
const topic = { name: 'orders', key, inputSchema: 'cloud-event', subscriptions: [{ name: 'all', destination: queue }] }

describe('the program', () => {
  const main = fileURLToPath(new URL('../../../local/event-grid/src/main.ts', import.meta.url))

  async function run(file: string, ...args: string[]) {
    const config = join(await temporaryFolder(), 'topics.json')
    await writeFile(config, file)
    return promisify(execFile)(process.execPath, ['--no-warnings', main, '--config', config, '--port', '0', ...args])
  }

  test.each<[string, string, string[], RegExp]>([
    ['a file that is not JSON', '{', [], /topics\.json cannot be read/],
    [
      'a topic that is refused',
      JSON.stringify({ topics: [{ ...topic, key: '' }] }),
      [],
      /^Topic "orders": "key" must be base64\.$/m,
    ],
    ['a missing setting', JSON.stringify({ topics: [topic] }), [], /The setting "NO_SUCH_SETTING" is missing/],
    ['a probability that is none', '{}', ['--failures', '2'], /must be 0 to 1/],
    ['a port that is none', '{}', ['--port', 'x'], /must be a whole number/],
  ])('ends with 1 and says what is wrong: %s', async (_, file, args, says) => {
    await expect(run(file, ...args)).rejects.toMatchObject({ code: 1, stderr: expect.stringMatching(says) })
  })

  test('ends with SIGTERM and with its parent', async () => {
    const [listener, folder] = [await subscriber(), await temporaryFolder()]
    const args = await programArguments(folder, [to(listener.url)])
    const first = await startProgram(args)
    const ended = once(first.child, 'exit')
    first.child.kill('SIGTERM')
    expect(await ended).toEqual([0, null])
    const second = await startProgram(args)
    const orphaned = once(second.child, 'exit')
    second.child.disconnect()
    expect(await orphaned).toEqual([0, null])
  })

  test('says which faults it makes on purpose: the command line goes before the file', async () => {
    const [listener, folder] = [await subscriber(), await temporaryFolder()]
    const faults = { duplicates: 0.5, failures: 0.5 }
    const args = await programArguments(folder, [to(listener.url)], { faults })
    const { said } = await startProgram([...args, '--seed', '9', '--failures', '0', '--duplicates', '1', '--shuffle'])
    expect(said).toContain('Faults on purpose, seed 9: {"duplicates":1,"failures":0,"shuffle":true}\n')
    const { endpoint } = await startProgram([...args, '--failures', '0', '--duplicates', '1'])
    await publisherTo(endpoint).send([order('1')])
    await expect.poll(() => idsOf(listener)).toEqual(['1', '1'])
  })
})
