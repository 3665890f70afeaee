import type { QueueOptions } from '../storage/host-options.ts'

type Encoding = QueueOptions['messageEncoding']

/** What a message holds; undefined when it should be Base64 and is not. */
export function decodeMessage(text: string, encoding: Encoding): Buffer | undefined {
  if (encoding === 'none') return Buffer.from(text)
  const plain = text.replace(/\s/g, '')
  if (plain.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(plain)) return undefined
  return Buffer.from(plain, 'base64')
}

/** What is sent for some content. */
export function encodeMessage(content: Uint8Array, encoding: Encoding): string {
  return Buffer.from(content).toString(encoding === 'none' ? 'utf8' : 'base64')
}
