import { resolve } from 'node:path'
import { Argument, Command, CommanderError, InvalidArgumentError } from 'commander'
import { type OwnSystem, startOwnSystem } from './own-system.ts'
import { consoleProgress } from './progress.ts'
import { type RunOptions, runScenario } from './run.ts'
import { type ScenarioName, scenarioNames } from './scenarios.ts'

type Options = Omit<RunOptions, 'scenario' | 'address'> & { readonly address?: string; readonly data?: string }

/** Exit codes: the books differ, or nothing could be played at all; the command line is wrong. */
const DIFFERENT = 1
const BAD_USAGE = 2
const INTERRUPTED = 130

const command = new Command('simulate')
  .description('Plays a scenario against Remit, and audits every answer with a ledger of its own.')
  .addArgument(new Argument('<scenario>', 'what to play').choices(scenarioNames))
  .option('--address <url>', 'a system that runs; without it one is started and stopped', httpAddress)
  .option('--data <folder>', 'where a system started here keeps its data; by default it forgets')
  .option('--seed <number>', 'the same seed makes the same requests; random by default', wholeNumber(0))
  .option('--run <name>', 'prefix of all owners; by default of scenario, seed and time', runName)
  .option('--accounts <number>', 'accounts, for crowd and retries', wholeNumber(2))
  .option('--transfers <number>', 'transfers, for crowd, retries and merchants', wholeNumber(1))
  .option('--concurrency <number>', 'requests in flight (50)', wholeNumber(1))
  .option('--patience <seconds>', 'how long to bear silence, and to wait for an end (60)', wholeNumber(0))
  .option('--expire', 'reviews: wait until a held transfer expires, if patience lasts that long')
  .exitOverride()

function wholeNumber(least: number) {
  return (text: string) => {
    const value = Number(text)
    if (/^\d{1,15}$/.test(text) && value >= least) return value
    throw new InvalidArgumentError(`It must be a whole number from ${least} on.`)
  }
}

function httpAddress(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol === 'http:') return url.origin
  throw new InvalidArgumentError('It must be an address such as http://127.0.0.1:7071.')
}

function runName(text: string): string {
  if (/^[\w.-]{1,80}$/.test(text)) return text
  throw new InvalidArgumentError('It must be letters, digits, dots, dashes and underscores.')
}

function parse(): { scenario: ScenarioName; options: Options } {
  try {
    command.parse()
    return { scenario: command.args[0] as ScenarioName, options: command.opts<Options>() }
  } catch (error) {
    if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? 0 : BAD_USAGE)
    throw error
  }
}

const { scenario, options } = parse()
const { clear, report } = consoleProgress(process.stderr)
let own: OwnSystem | undefined

process.once('SIGINT', async () => {
  clear()
  await own?.stop()
  process.exit(INTERRUPTED)
})

try {
  if (options.address === undefined) {
    console.log('Starting a system …')
    own = await startOwnSystem(options.data === undefined ? undefined : resolve(options.data))
  }
  const print = (line: string) => {
    clear()
    console.log(line)
  }
  const address = options.address ?? own?.address ?? ''
  const verdict = await runScenario({ ...options, scenario, address, print, progress: report })
  process.exitCode = verdict.ok ? 0 : DIFFERENT
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = DIFFERENT
} finally {
  await own?.stop()
}
