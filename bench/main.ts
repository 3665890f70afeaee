import { Command } from 'commander'
import { benchCosmos } from './cosmos.ts'
import { benchSize } from './size.ts'
import { benchTransfers } from './transfers.ts'

// Figures are only comparable within one run: machines differ, and so do days.

const bench = new Command('bench').description('Measures, beside a peer in the same run.')
bench
  .command('cosmos', { isDefault: true })
  .description('the local Cosmos DB beside @vercel/cosmosdb-server, over HTTP with the official client')
  .option('--items <number>', 'items to create and read', Number, 5_000)
  .option('--connections <number>', 'requests in flight', Number, 32)
  .option('--rounds <number>', 'the best of so many counts', Number, 3)
  .action(benchCosmos)
bench
  .command('size')
  .description('the local Cosmos DB with many items in one container of a data folder, beside itself with few')
  .option('--few <number>', 'items', Number, 10_000)
  .option('--many <number>', 'items', Number, 1_000_000)
  .action(benchSize)
bench
  .command('transfers')
  .description('the whole system: from a request to its completed answer')
  .option('--transfers <number>', 'transfers in each row', Number, 5_000)
  .option('--width <number>', 'requests at a time', Number, 50)
  .option('--seed <number>', 'chooses who pays whom', Number, 7)
  .action(benchTransfers)
await bench.parseAsync()
