import { containerOf, containersOf, readEditions, type ViewName, viewNames } from '@remit/api/editions'
import { realWorld as world } from '@remit/api/real-world'
import { openContainers } from '@remit/documents/containers'
import { defaultSettings as settings } from '@remit/domain/settings'
import { consoleProgress } from '@remit/simulator/progress'
import { Argument, Command, InvalidArgumentError } from 'commander'
import { dropBefore, rebuildView, rollBack } from './rebuild-view.ts'
import { type Rebuilding, SEEN_BY_ALL } from './rebuilding.ts'

type Options = {
  readonly connection?: string
  readonly rollback?: boolean
  readonly drop?: boolean
  readonly acceptDifferences?: boolean
  readonly wait: number
}

/** Exit codes: it was not done; the command line is wrong. */
const NOT_DONE = 1
const BAD_USAGE = 2

const program = new Command('rebuild')
  .description('Folds a view anew from all events, beside the one that is read, and switches to it.')
  .addArgument(new Argument('[view]', 'which; without it, says which editions there are').choices(viewNames))
  .option('--connection <text>', 'AccountEndpoint=…;AccountKey=…; (default: COSMOS, from the environment)')
  .option('--accept-differences', 'switch although the new edition differs from the one before')
  .option('--rollback', 'show readers the edition from before again')
  .option('--drop', 'keep only the edition that is read, and delete the other')
  .option('--wait <seconds>', 'until every process has seen a change of the editions', seconds, SEEN_BY_ALL / 1000)
  .configureOutput({ outputError: (text, write) => write(text) })
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : BAD_USAGE))
  .parse()

function seconds(text: string): number {
  if (/^\d{1,5}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('It must be a whole number of seconds.')
}

const options = program.opts<Options>()
const { report, clear } = consoleProgress(process.stderr)

try {
  const connection = options.connection ?? process.env.COSMOS
  if (connection === undefined) throw new Error('Say --connection, or set COSMOS.')
  const stores = openContainers(connection, [...containersOf(viewNames), 'views', 'events'])
  const rebuilding = { stores, world, settings, seenByAll: options.wait * 1000, progress: report }
  const [view] = program.args as [ViewName?]
  if (view === undefined) await list(rebuilding)
  else await change(rebuilding, view)
} catch (error) {
  clear()
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = NOT_DONE
}

async function list({ stores }: Rebuilding): Promise<void> {
  for (const { id, read, kept, rebuild } of Object.values(await readEditions(stores.views))) {
    const beside = kept.filter(edition => edition !== read).map(edition => `, ${containerOf(id, edition)} is kept`)
    const working = rebuild ? `, being changed until ${rebuild.until} or longer` : ''
    console.log(`${id}: ${containerOf(id, read)} is read${beside.join('')}${working}`)
  }
}

async function change(rebuilding: Rebuilding, view: ViewName): Promise<void> {
  if (options.rollback) {
    const read = await rollBack(rebuilding, view)
    console.log(`Readers see ${containerOf(view, read)} again. The other edition is kept.`)
    return
  }
  if (options.drop) {
    const dropped = await dropBefore(rebuilding, view)
    clear()
    console.log(`${containerOf(view, dropped)} is no longer kept, and empty.`)
    return
  }
  const began = world.now()
  const { acceptDifferences = false } = options
  const { read, streams, compared, unfolded, differences } = await rebuildView(rebuilding, view, { acceptDifferences })
  clear()
  const took = ((world.now() - began) / 1000).toFixed(1)
  console.log(`${streams} accounts folded, ${compared} items compared in ${took} s.`)
  for (const { partition, id, says } of [...unfolded.list, ...differences.list]) {
    console.error([partition, id, says].join(' '))
  }
  if (unfolded.count > 0) console.error(`${unfolded.count} accounts cannot be folded: look after them first.`)
  if (differences.count > 0)
    console.error(`${differences.count} items differ; --accept-differences switches all the same.`)
  if (read === undefined) {
    console.error('Nothing was switched.')
    process.exitCode = NOT_DONE
  } else {
    console.log(`Readers see ${containerOf(view, read)}. The edition from before is kept: --rollback, or --drop.`)
  }
}
