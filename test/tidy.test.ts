import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

// Taste, held by a test. If a rule is wrong, change the rule here; there is no way to switch it off in a file.

const root = fileURLToPath(new URL('..', import.meta.url))
const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: root })
  .toString()
  .split('\n')
  .filter(file => file !== '' && existsSync(join(root, file)))
const read = (file: string) => readFileSync(join(root, file), 'utf8')
const code = tracked.filter(file => /\.(tsx?|mjs|cjs)$/.test(file) && !file.includes('/apps/'))
const production = code.filter(file => /^(packages|local|start)\//.test(file))

/** Lines of a file. */
const MOST_LINES = 250

/** The only places where time, chance and the network of the machine are asked for. */
const adapters = [
  /^local\//,
  /^start\//,
  /^packages\/simulator\//,
  /^packages\/api\/src\/real-world\.ts$/,
  /^packages\/operator\/src\/api\.ts$/,
  /^packages\/review-page\/src\/browser\.ts$/,
  /^packages\/documents\/src\/(cosmos|coalesce)\.ts$/,
]
const machine =
  /\b(Date\.now\(|new Date\(\)|Math\.random\(|performance\.now\(|setTimeout\(|setInterval\(|setImmediate\(|fetch\(|randomUUID\()/

const nameOf = (file: string) => file.split('/').at(-1) ?? ''

test('no file is too long', () => {
  expect(code.filter(file => read(file).split('\n').length > MOST_LINES)).toEqual([])
})

test('files are named in kebab-case, after what they do', () => {
  const plain = /^\.?[a-z0-9]+(-[a-z0-9]+)*(\.[a-z]+)*\.(tsx?|mjs|cjs)$/
  const empty = /(^|[-.])(utils?|helpers?|services?|managers?|common|misc)[-.]/
  expect(code.filter(file => !plain.test(nameOf(file)) || empty.test(nameOf(file)))).toEqual([])
})

test('time, chance and network come in as arguments', () => {
  const inside = production.filter(file => !adapters.some(adapter => adapter.test(file)))
  expect(inside.length).toBeGreaterThan(50)
  expect(inside.filter(file => machine.test(read(file)))).toEqual([])
})

test('links in documents lead somewhere', () => {
  const broken = tracked.filter(file => file.endsWith('.md')).flatMap(file => brokenLinks(file))
  expect(broken).toEqual([])
})

function brokenLinks(file: string): string[] {
  const targets = [...read(file).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target)
  return targets.flatMap(target => {
    if (/^(https?:|mailto:|#)/.test(target)) return []
    const [path = '', anchor = ''] = target.split('#')
    const found = join(root, dirname(file), decodeURIComponent(path))
    if (!existsSync(found)) return [`${file}: ${target}`]
    const line = Number(/^L(\d+)$/.exec(anchor)?.[1] ?? 0)
    return line > 0 && line > read(join(dirname(file), path)).split('\n').length ? [`${file}: ${target}`] : []
  })
}

test('a name in the documents is a name in the file it links to', () => {
  const wrong = tracked
    .filter(file => file.startsWith('docs/'))
    .flatMap(file => [...read(file).matchAll(/\[`(\w+)`\]\(([^)#\s]+)\)/g)].map(found => ({ file, found })))
    .filter(({ file, found: [, name = '', target = ''] }) => {
      return !new RegExp(`\\b(function|const|class|type) ${name}\\b`).test(read(join(dirname(file), target)))
    })
  expect(wrong.map(({ found }) => found[0])).toEqual([])
})

test('nothing is left for later, tied to a machine, or run alone', () => {
  const banned = /\b(TODO|FIXME|XXX)\b|(^|[\s"'(])\/(home|root|work|Users)\/|\b(it|test|describe)\.only\b/m
  const files = tracked.filter(file => !/^pnpm-lock\.yaml$|\.png$/.test(file) && file !== 'test/tidy.test.ts')
  expect(files.filter(file => banned.test(read(file)))).toEqual([])
})

test('a test that is skipped says why on the same line', () => {
  const skipped = code.flatMap(file =>
    read(file)
      .split('\n')
      .filter(line => /\.(skip|todo|skipIf)\b/.test(line)),
  )
  expect(
    skipped.filter(line => !/\/\/ \S+/.test(line) && !line.includes('RegExp') && !line.includes('.test(line)')),
  ).toEqual([])
})
