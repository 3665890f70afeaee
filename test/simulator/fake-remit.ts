import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

type Json = Record<string, unknown>
type FakeAnswer = { status: number; headers: Record<string, string>; body: Json }
/** Changes an answer on its way out: a planted bug. */
export type Bug = (call: string, answer: FakeAnswer, request: { body: Json; key: string }) => void

type Line = Json & { balance: string }
type Account = { resource: Json; balance: bigint; lines: Line[]; transfers: Json[] }

/** A tiny Remit: it decides at once, keeps everything in memory and knows just enough for the auditor's questions. */
export async function startFakeRemit(bug: Bug = () => undefined): Promise<{ address: string; stop: () => void }> {
  const books = { accounts: new Map<string, Account>(), made: new Map<string, { body: Json; resource: Json }>() }
  const server: Server = createServer(async (request, response) => {
    const body = JSON.parse((await textOf(request)) || '{}') as Json
    const key = String(request.headers['idempotency-key'] ?? '')
    const url = new URL(request.url ?? '/', 'http://fake')
    const owner = String(request.headers.authorization ?? '').replace('Bearer ', '')
    const answer = answerTo(books, { method: request.method ?? '', url, body, key, owner })
    bug(`${request.method} ${url.pathname}`, answer, { body, key })
    response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers })
    response.end(JSON.stringify(answer.body))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const stop = () => {
    server.closeAllConnections()
    server.close()
  }
  return { address: `http://127.0.0.1:${port}`, stop }
}

type Books = { accounts: Map<string, Account>; made: Map<string, { body: Json; resource: Json }> }
type Call = { method: string; url: URL; body: Json; key: string; owner: string }

const plain = (status: number, body: Json): FakeAnswer => ({ status, headers: {}, body: structuredClone(body) })

function answerTo(books: Books, call: Call): FakeAnswer {
  const { method, url, body, key } = call
  const [, , kind = '', id = '', more] = url.pathname.split('/')
  if (url.pathname === '/local/token') return plain(200, { access_token: body.sub })
  if (method === 'POST') {
    const known = books.made.get(key)
    if (known && JSON.stringify(known.body) !== JSON.stringify(body)) return reused(known.body, body)
    const resource = known?.resource ?? (more === 'loads' ? load(books, call, id) : make(books, call, kind))
    books.made.set(key, { body, resource })
    const place = resource.operationId ? 'operations' : kind
    const location = `/v1/${place}/${resource.operationId ?? resource.transferId ?? resource.accountId}`
    return { ...plain(200, resource), headers: { location, ...(known && { 'idempotent-replayed': 'true' }) } }
  }
  const account = books.accounts.get(id || (url.searchParams.get('account') ?? ''))
  if (more === 'statement') return pageOf(account?.lines.toReversed() ?? [], url)
  if (kind === 'transfers' && id === '') return pageOf(account?.transfers.toReversed() ?? [], url)
  if (account) {
    const balance = String(account.balance)
    return plain(200, { ...account.resource, balance, available: balance })
  }
  const made = [...books.made.values()].find(({ resource: one }) => (one.operationId ?? one.transferId) === id)
  return made ? plain(200, made.resource) : plain(404, { type: '/problems/not-found' })
}

function reused(first: Json, second: Json): FakeAnswer {
  const differs = Object.keys(second).filter(name => first[name] !== second[name])
  return plain(422, { type: '/problems/idempotency-key-reused', differs: differs.map(name => `/${name}`) })
}

function pageOf(all: readonly Json[], url: URL): FakeAnswer {
  const start = Number(url.searchParams.get('cursor') ?? 0)
  const end = start + Number(url.searchParams.get('limit'))
  return plain(200, { items: all.slice(start, end), ...(end < all.length && { next: String(end) }) })
}

function load({ accounts, made }: Books, { body }: Call, id: string): Json {
  const operationId = `load-${made.size}`
  const amount = BigInt(String(body.amount))
  const fee = amount > 50_000n ? 0n : (amount * 2n + 5_000n) / 10_000n
  enter(accounts.get(id), { type: 'loaded', operationId }, { amount, fee, change: amount - fee })
  return { operationId, command: 'LoadCredits', status: 'applied', links: {} }
}

function make({ accounts, made }: Books, { body, owner }: Call, kind: string): Json {
  if (kind === 'accounts') {
    const accountId = `account-${made.size}`
    const resource = { accountId, ...body, owner, status: 'open', balance: '0', held: '0', available: '0', version: 1 }
    accounts.set(accountId, { resource, balance: 0n, lines: [], transfers: [] })
    return resource
  }
  const transferId = `transfer-${made.size}`
  const amount = BigInt(String(body.amount))
  const [from, to] = [accounts.get(String(body.from)), accounts.get(String(body.to))]
  const enough = from !== undefined && from.balance >= amount
  const reason = from === to ? 'same_account' : enough ? undefined : 'insufficient_credits'
  const fee = !reason && to?.resource.kind === 'merchant' ? (amount * 25n + 50_000n) / 100_000n : 0n
  const end = reason ? { status: 'refused', reason } : { status: to ? 'completed' : 'returned' }
  const transfer = { transferId, ...body, fee: String(fee), ...end }
  from?.transfers.push(transfer)
  if (reason) return transfer
  to?.transfers.push(transfer)
  enter(from, { type: 'sent', transferId, counterparty: body.to }, { amount, fee: 0n, change: -amount })
  const back = { type: 'returned', transferId, counterparty: body.to }
  if (to === undefined) enter(from, back, { amount, fee: 0n, change: amount })
  enter(to, { type: 'received', transferId, counterparty: body.from }, { amount, fee, change: amount - fee })
  return transfer
}

function enter(account: Account | undefined, line: Json, money: Record<'amount' | 'fee' | 'change', bigint>): void {
  if (account === undefined) return
  account.balance += money.change
  const texts = Object.fromEntries(Object.entries(money).map(([name, value]) => [name, String(value)]))
  account.lines.push({ version: account.lines.length + 2, ...line, ...texts, balance: String(account.balance) })
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}
