import { Command } from 'commander'
import { type Api, apiAt } from './api.ts'
import { discarded, listed, retried } from './parked.ts'

const program = new Command('parked')
  .description('What could not be handled and waits for somebody to look after it.')
  .option('--address <url>', 'where the API answers', 'http://127.0.0.1:7071')

const api = (): Promise<Api> =>
  apiAt(program.opts<{ address: string }>().address.replace(/\/$/, ''), process.env.REMIT_TOKEN)

program
  .command('list', { isDefault: true })
  .description('everything parked, longest parked first')
  .action(async () => {
    for await (const line of listed(await api())) console.log(line)
  })
program
  .command('retry <id>')
  .description('tries an item again, and all that wait behind it, in their order')
  .action(async (id: string) => console.log(await retried(await api(), id)))
program
  .command('discard <id>')
  .description('refuses a parked command for good')
  .requiredOption('--reason <text>', 'why; it is recorded with who did it')
  .action(async (id: string, { reason }: { reason: string }) => console.log(await discarded(await api(), id, reason)))

try {
  await program.parseAsync()
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
}
