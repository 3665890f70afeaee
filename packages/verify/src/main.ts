import { rename, rm } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { realWorld as world } from '@remit/api/real-world'
import { consoleProgress } from '@remit/simulator/progress'
import { Command, CommanderError, InvalidArgumentError } from 'commander'
import { handInThread } from './crew.ts'
import { lineOf } from './finding.ts'
import { createHeadFile, readHeadFile } from './heads.ts'
import { openSource } from './source.ts'
import { verdictLines } from './verdict-lines.ts'
import { verify } from './verify.ts'

type Options = {
  readonly connection?: string
  readonly export?: string
  readonly against?: string
  readonly grace: number
  readonly workers: number
  readonly heap: number
}

/** Exit codes: something does not fit, or could not be read; the command line is wrong. */
const DIFFERENT = 1
const BAD_USAGE = 2

const SHORTEST_KEY = 16
const FINDINGS_SHOWN = 20

const command = new Command('verify')
  .description('Replays everything that is stored, and proves that it fits together. Only reads.')
  .option(
    '--connection <text>',
    'AccountEndpoint=…;AccountKey=…; or an endpoint alone (default: COSMOS, from the environment)',
  )
  .option('--export <file>', 'write the heads of all streams, signed with VERIFY_SIGNING_KEY')
  .option('--against <file>', 'an earlier export: nothing it names may be gone or altered')
  .option('--grace <seconds>', 'how long a command may wait for its outcome, or an account for its view', whole(0), 60)
  .option('--workers <number>', 'threads that read and prove', whole(1), availableParallelism())
  .option('--heap <megabytes>', 'what all threads together may use; an account needs about 1 KB', whole(64), 512)
  .exitOverride()

function whole(least: number) {
  return (text: string) => {
    const value = Number(text)
    if (/^\d{1,9}$/.test(text) && value >= least) return value
    throw new InvalidArgumentError(`It must be a whole number from ${least} on.`)
  }
}

function parse(): Options {
  try {
    return command.parse().opts<Options>()
  } catch (error) {
    if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? 0 : BAD_USAGE)
    throw error
  }
}

function usage(message: string): never {
  console.error(message)
  process.exit(BAD_USAGE)
}

const unfinished = (file: string) => `${file}.unfinished`

async function run(options: Options): Promise<boolean> {
  const connection = options.connection ?? process.env.COSMOS ?? usage('Say --connection, or set COSMOS.')
  const signingKey = process.env.VERIFY_SIGNING_KEY ?? ''
  if ((options.export || options.against) && signingKey.length < SHORTEST_KEY) {
    usage(`Set VERIFY_SIGNING_KEY, ${SHORTEST_KEY} characters or more: exports are signed with it.`)
  }
  const against = options.against === undefined ? undefined : await readHeadFile(options.against, signingKey)
  const description = { module: new URL('./cosmos-source.ts', import.meta.url).href, options: { connection } }
  const source = await openSource(description)
  const began = world.now()
  const at = new Date(began).toISOString()
  const heads = options.export
    ? createHeadFile(unfinished(options.export), signingKey, { account: source.account, at })
    : undefined
  const { report, clear } = consoleProgress(process.stderr)
  const verdict = await verify(source, {
    hands: read => {
      const each = options.heap / (options.workers + 1)
      return Array.from({ length: options.workers }, () => handInThread(description, read, each))
    },
    key: world.randomId(),
    now: world.now,
    grace: options.grace * 1000,
    heads,
    against,
    progress: report,
  })
  const exported = await heads?.close()
  await source.close()
  clear()
  for (const line of verdictLines(verdict, (world.now() - began) / 1000)) console.log(line)
  const { list, count } = verdict.findings
  if (options.export && count > 0) await rm(unfinished(options.export))
  if (options.export && count === 0) {
    await rename(unfinished(options.export), options.export)
    console.log(`${exported} heads are in ${options.export}.`)
  }
  if (count === 0) return true
  for (const finding of list.slice(0, FINDINGS_SHOWN)) console.error(lineOf(finding))
  if (count > FINDINGS_SHOWN)
    console.error(`and ${count - Math.min(FINDINGS_SHOWN, list.length)} more, which may follow from these.`)
  return false
}

try {
  process.exitCode = (await run(parse())) ? 0 : DIFFERENT
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = DIFFERENT
}
