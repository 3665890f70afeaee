import { createHmac, timingSafeEqual } from 'node:crypto'
import { once } from 'node:events'
import { createReadStream, createWriteStream } from 'node:fs'
import { appendId } from '@remit/event-store/append'
import type { Finding } from './finding.ts'
import { type Fingerprint, fingerprints, uuidBits, uuidOf } from './fingerprint.ts'
import type { StreamState } from './stream.ts'
import { Tally } from './tally.ts'

// The file is the canonical JSON of { account, at, heads, signature }. The signature, HMAC-SHA256 in hex, is over the
// canonical JSON of the first three.

/** The newest append of a stream: its number, and its hash, which stands for all before it. */
export type Head = readonly [streamId: string, number: number, hash: string]

const NUMBER = 0
const HASH = 1
const SEEN = 9

/** The heads of an earlier export, off the heap: for each stream a number and a hash. */
export class Heads {
  readonly tally: Tally

  constructor(tally = new Tally(SEEN + 1)) {
    this.tally = tally
  }

  set([streamId, number, hash]: Head): void {
    const at = this.tally.at(keyOf(streamId))
    this.tally.words[at + NUMBER] = number
    for (let word = 0; word < 8; word++) {
      this.tally.words[at + HASH + word] = Number.parseInt(hash.slice(word * 8, word * 8 + 8), 16)
    }
  }

  find(account: Fingerprint): number | undefined {
    return this.tally.find(account)
  }

  /** Streams none of whose appends was as exported. */
  *unseen(): Iterable<{ streamId: string; number: number }> {
    const { words } = this.tally
    for (const at of this.tally.all()) {
      if (words[at + SEEN] === 0) yield { streamId: uuidOf(this.tally.keyAt(at)), number: words[at + NUMBER] ?? 0 }
    }
  }
}

function keyOf(streamId: string): Fingerprint {
  return uuidBits(streamId) ?? fingerprints('stream')(streamId).slice()
}

/** Compares the append a stream has just taken with the one exported. */
export function checkHead(
  heads: Heads | undefined,
  at: number | undefined,
  stream: StreamState,
  report: (finding: Finding) => void,
): void {
  if (heads === undefined || at === undefined) return
  const { words } = heads.tally
  if (words[at + NUMBER] !== stream.number) return
  words[at + SEEN] = 1
  for (let word = 0; word < 8; word++) {
    if (words[at + HASH + word] === Number.parseInt(stream.hash.slice(word * 8, word * 8 + 8), 16)) continue
    const says = 'it is another append than the one exported under this number'
    report({ container: 'events', partition: stream.id, id: appendId(stream.number), rule: 'export', says })
    return
  }
}

export type HeadFile = {
  readonly write: (heads: readonly Head[]) => Promise<void>
  readonly close: () => Promise<number>
}

/** Begins a file of signed heads. */
export function createHeadFile(file: string, key: string, about: { account: string; at: string }): HeadFile {
  const signature = createHmac('sha256', key)
  const out = createWriteStream(file)
  let written = 0
  const put = async (text: string) => {
    signature.update(text)
    if (!out.write(text)) await once(out, 'drain')
  }
  const begun = put(`{"account":${JSON.stringify(about.account)},"at":${JSON.stringify(about.at)},"heads":[`)
  return {
    write: async heads => {
      await begun
      const text = heads.map(head => JSON.stringify(head)).join(',')
      if (text === '') return
      await put(written > 0 ? `,${text}` : text)
      written += heads.length
    },
    close: async () => {
      await begun
      out.write(']')
      signature.update(']}')
      out.end(`,"signature":"${signature.digest('hex')}"}`)
      await once(out, 'close')
      return written
    },
  }
}

const SIGNATURE = /,"signature":"([0-9a-f]{64})"\}$/
const SIGNATURE_LENGTH = ',"signature":""}'.length + 64

/**
 * Reads an export.
 *
 * @throws Error when the signature is not that of the key.
 */
export async function readHeadFile(file: string, key: string): Promise<Heads> {
  const heads = new Heads()
  const signature = createHmac('sha256', key)
  let [tail, rest] = ['', '']
  for await (const chunk of createReadStream(file, 'utf8')) {
    const text = tail + chunk
    const signed = text.slice(0, -SIGNATURE_LENGTH)
    tail = text.slice(signed.length)
    signature.update(signed)
    rest = takeHeads(rest + signed, heads)
  }
  takeHeads(rest, heads)
  const said = SIGNATURE.exec(tail)?.[1] ?? ''
  const expected = signature.update('}').digest()
  const given = Buffer.from(said, 'hex')
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    throw new Error(`${file} is not signed with this key, or was altered since`)
  }
  return heads
}

const HEAD = /\["((?:[^"\\]|\\.)*)",(\d+),"([0-9a-f]{64})"\]/g

/** Takes in all whole heads, and gives back what is left. */
function takeHeads(text: string, heads: Heads): string {
  let end = 0
  for (const found of text.matchAll(HEAD)) {
    const [whole, streamId = '', number, hash = ''] = found
    heads.set([JSON.parse(`"${streamId}"`), Number(number), hash])
    end = found.index + whole.length
  }
  return text.slice(end)
}
