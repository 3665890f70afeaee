import { createReadStream, existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Source, VerifiedContainer } from '@remit/verify/source'

/** Files of one container, each with all items of some partitions, one in a line. */
export const PARTS = 8
const CHUNK = 65_536
const NEW_LINE = 10
const COMMA = 44

export function fileOf(folder: string, container: VerifiedContainer, part: number): string {
  return join(folder, `${container}-${part}.ndjson`)
}

export function partOf(partition: string): number {
  let mixed = 0
  for (let index = 0; index < partition.length; index++)
    mixed = (Math.imul(mixed, 31) + partition.charCodeAt(index)) | 0
  return (mixed >>> 8) % PARTS
}

type Options = { readonly folder: string; readonly sizes: Partial<Record<VerifiedContainer, number>> }

/** A made history in files, as a source of its own for each thread. */
export async function openSource({ folder, sizes }: Options): Promise<Source> {
  return {
    account: 'files',
    parts: async () => PARTS,
    size: async name => sizes[name] ?? 0,
    read: (name, part) => pages(fileOf(folder, name, part)),
    partition: async (name, key) => {
      const found: unknown[] = []
      for await (const page of pages(fileOf(folder, name, partOf(key)))) {
        found.push(...page.filter(item => Object.values(item as object).includes(key)))
      }
      return found
    },
    close: async () => {},
  }
}

async function* pages(file: string): AsyncIterable<readonly unknown[]> {
  if (!existsSync(file)) return
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of createReadStream(file, { highWaterMark: CHUNK })) {
    const bytes = rest.length === 0 ? (chunk as Buffer) : Buffer.concat([rest, chunk as Buffer])
    const end = bytes.lastIndexOf(NEW_LINE)
    rest = Buffer.from(bytes.subarray(end + 1))
    if (end < 0) continue
    for (let at = bytes.indexOf(NEW_LINE); at < end; at = bytes.indexOf(NEW_LINE, at + 1)) bytes[at] = COMMA
    yield JSON.parse(`[${bytes.toString('utf8', 0, end)}]`)
  }
}
