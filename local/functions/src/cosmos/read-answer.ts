/** An HTTP answer; header names in lower case. */
export interface PlainAnswer {
  status: number
  headers: Record<string, string>
  body: string
}

/** Puts an answer together from the pieces in which it arrives. */
export interface AnswerReader {
  /** True when something has arrived. */
  readonly begun: boolean
  /** Answers undefined until the answer is whole. */
  take(piece: Buffer): PlainAnswer | undefined
}

interface Head {
  status: number
  headers: Record<string, string>
  /** Where the body begins. */
  end: number
}

/** For one answer with a `Content-Length`, in chunks, or without a body. */
export function readAnswer(): AnswerReader {
  const pieces: Buffer[] = []
  let length = 0
  let head: Head | undefined
  return {
    get begun() {
      return length > 0
    },
    take(piece) {
      pieces.push(piece)
      length += piece.length
      // A long body is put together once, when all of it is there.
      if (head && length < head.end + Number(head.headers['content-length'] ?? 0)) return undefined
      const bytes = pieces.length === 1 ? piece : Buffer.concat(pieces)
      head ??= parseHead(bytes)
      const body = head && bodyOf(bytes, head)
      if (!head || body === undefined) return undefined
      return { status: head.status, headers: head.headers, body }
    },
  }
}

function parseHead(bytes: Buffer): Head | undefined {
  const end = bytes.indexOf('\r\n\r\n')
  if (end === -1) return undefined
  const [first = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n')
  const headers: Record<string, string> = {}
  for (const line of lines) {
    const colon = line.indexOf(':')
    headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim()
  }
  return { status: Number(first.slice(9, 12)), headers, end: end + 4 }
}

function bodyOf(bytes: Buffer, { status, headers, end }: Head): string | undefined {
  if (status === 204 || status === 304) return ''
  if (headers['transfer-encoding']?.toLowerCase() === 'chunked') return chunkedBody(bytes, end)
  const last = end + Number(headers['content-length'] ?? 0)
  return bytes.length < last ? undefined : bytes.toString('utf8', end, last)
}

function chunkedBody(bytes: Buffer, start: number): string | undefined {
  const chunks: Buffer[] = []
  let at = start
  for (;;) {
    const lineEnd = bytes.indexOf('\r\n', at)
    if (lineEnd === -1) return undefined
    const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16)
    const next = lineEnd + 2 + size + 2
    if (bytes.length < next) return undefined
    if (size === 0) return Buffer.concat(chunks).toString('utf8')
    chunks.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + size))
    at = next
  }
}
