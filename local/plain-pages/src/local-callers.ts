import type { IncomingMessage } from 'node:http'

const loopback = /^(localhost|([a-z0-9-]+\.)+localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?$/i

/**
 * Why a request for people is turned away, or undefined. A foreign name that leads here is a web page's trick to read
 * what is local, and a foreign origin its trick to press a button.
 */
export function whyNotLocal({ method, headers }: IncomingMessage): string | undefined {
  const { host = '', origin } = headers
  if (!loopback.test(host)) return `This page is for the local machine, not for "${host}".`
  if (method === 'GET') return undefined
  const site = headers['sec-fetch-site']
  const isForeign = origin !== undefined && origin !== `http://${host}`
  const isCrossSite = site !== undefined && site !== 'same-origin' && site !== 'none'
  return isForeign || isCrossSite ? 'The request comes from another site.' : undefined
}
