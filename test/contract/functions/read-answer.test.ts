import { readAnswer } from 'local-functions/cosmos/read-answer'
import { describe, expect, test } from 'vitest'

const withLength = 'HTTP/1.1 200 OK\r\nContent-Length: 7\r\nETag: "4"\r\n\r\n{"a":é'
const chunked = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nHello\r\n7\r\n, world\r\n0\r\n\r\n'

/** Feeds a text in pieces of some size and answers what comes out with the last one. */
function inPieces(text: string, size: number) {
  const bytes = Buffer.from(text)
  const reader = readAnswer()
  for (let at = 0; at < bytes.length; at += size) {
    const answer = reader.take(bytes.subarray(at, at + size))
    if (answer) return answer
  }
  return undefined
}

describe('reading an HTTP answer', () => {
  test.each([1, 2, 7, 1000])('with a length, in pieces of %i bytes', size => {
    expect(inPieces(withLength, size)).toMatchObject({ status: 200, headers: { etag: '"4"' }, body: '{"a":é' })
  })

  test.each([1, 2, 7, 1000])('chunked, in pieces of %i bytes', size => {
    expect(inPieces(chunked, size)?.body).toBe('Hello, world')
  })

  test('304 has no body whatever its headers say', () => {
    expect(inPieces('HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n', 1000)?.status).toBe(304)
  })
})
