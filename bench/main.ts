import { Command } from 'commander'
import { benchCosmos } from './cosmos.ts'

// Figures are only comparable within one run: machines differ, and so do days.

const bench = new Command('bench').description('Measures, beside a peer in the same run.')
bench
  .command('cosmos', { isDefault: true })
  .description('the local Cosmos DB beside @vercel/cosmosdb-server, over HTTP with the official client')
  .option('--items <number>', 'items to create and read', Number, 5_000)
  .option('--connections <number>', 'requests in flight', Number, 32)
  .option('--rounds <number>', 'the best of so many counts', Number, 3)
  .action(benchCosmos)
await bench.parseAsync()
