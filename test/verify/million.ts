import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { consoleProgress } from '@remit/simulator/progress'
import { handInThread } from '@remit/verify/crew'
import { lineOf } from '@remit/verify/finding'
import { phases, type VerifiedContainer } from '@remit/verify/source'
import { verdictLines } from '@remit/verify/verdict-lines'
import { verify } from '@remit/verify/verify'
import { Command } from 'commander'
import { fileOf, openSource, PARTS, partOf } from './file-source.ts'
import { makeHistory } from './made-history.ts'

// Makes a large history in files, once, and measures how long verifying it takes: node test/verify/million.ts

const { transfers, accounts, seed, workers, heap, folder } = new Command('million')
  .option('--transfers <number>', 'how many', Number, 1_000_000)
  .option('--accounts <number>', 'between how many accounts', Number, 10_000)
  .option('--seed <number>', 'the same seed makes the same history', Number, 1)
  .option('--workers <number>', 'threads', Number, availableParallelism())
  .option('--heap <megabytes>', 'of all threads together', Number, 512)
  .option('--folder <path>', 'where the files are kept', join(tmpdir(), 'remit-verify'))
  .parse()
  .opts()

const names = phases.flat()
const place = join(folder, `${transfers}-${accounts}-${seed}`)
const sizesFile = join(place, 'sizes.json')
if (!existsSync(sizesFile)) make()
await measure(JSON.parse(readFileSync(sizesFile, 'utf8')))

function make(): void {
  console.log(`Making ${transfers} transfers in ${place} …`)
  mkdirSync(place, { recursive: true })
  const sizes = Object.fromEntries(names.map(name => [name, 0])) as Record<VerifiedContainer, number>
  const files = new Map<string, { file: number; lines: string[] }>()
  for (const name of names) {
    for (let part = 0; part < PARTS; part++) {
      const path = fileOf(place, name, part)
      files.set(path, { file: openSync(path, 'w'), lines: [] })
    }
  }
  const flush = ({ file, lines }: { file: number; lines: string[] }) => {
    writeSync(file, lines.splice(0).join(''))
  }
  const sink = (name: VerifiedContainer, partition: string, item: unknown) => {
    const into = files.get(fileOf(place, name, partOf(partition)))
    if (into === undefined) throw new Error(`no file for ${name}`)
    into.lines.push(`${JSON.stringify(item)}\n`)
    if (into.lines.length === 500) flush(into)
    sizes[name] += 1
  }
  makeHistory({ seed, accounts, transfers, sink })
  for (const into of files.values()) {
    flush(into)
    closeSync(into.file)
  }
  writeFileSync(sizesFile, JSON.stringify(sizes))
}

async function measure(sizes: Record<VerifiedContainer, number>): Promise<void> {
  const description = {
    module: new URL('./file-source.ts', import.meta.url).href,
    options: { folder: place, sizes },
  }
  const { report, clear } = consoleProgress(process.stderr)
  const began = performance.now()
  const verdict = await verify(await openSource(description.options), {
    hands: options => {
      return Array.from({ length: workers }, () => handInThread(description, options, heap / (workers + 1)))
    },
    key: crypto.randomUUID(),
    now: Date.now,
    grace: 60_000,
    progress: report,
  })
  clear()
  for (const line of verdictLines(verdict, (performance.now() - began) / 1000)) console.log(line)
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage()
  const cpu = ((userCPUTime + systemCPUTime) / 1e6).toFixed(1)
  console.log(`Largest resident set ${Math.round(maxRSS / 1024)} MB, processor time ${cpu} s.`)
  for (const finding of verdict.findings.list.slice(0, 5)) console.log(lineOf(finding))
  process.exitCode = verdict.findings.count === 0 ? 0 : 1
}
