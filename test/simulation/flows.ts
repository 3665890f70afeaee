import { Client } from './client.ts'
import { Violation } from './ledger.ts'
import type { World } from './pairs.ts'

/** One way a transfer can go, from accounts that stand ready to an end that is known. */
export type Flow = {
  readonly name: string
  readonly prepare: (world: World) => Promise<void>
  readonly play: (world: World) => Promise<void>
  readonly check: (world: World) => void
}

type Ending = { readonly status: string; readonly balances: readonly [alice: number, bob: number] }
type Step = (client: Client, transferId: string) => Promise<void>

const LOADED = 300_000
const HELD = 200_000
const uuid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`
const NOBODY = uuid(404)

/** Alice pays somebody, then something happens, and it must end as said. */
function flow(
  name: string,
  pays: { amount: number; to?: 'nobody' | 'shop' },
  ending: Ending,
  steps: Step[] = [],
): Flow {
  return {
    name,
    prepare: async ({ wire, system }) => {
      const client = new Client(wire, system)
      const alice = await client.open('alice', 'personal')
      await client.open('bob', pays.to === 'shop' ? 'merchant' : 'personal')
      await client.ask({
        call: 'load',
        who: 'till payments',
        id: alice,
        body: { amount: String(LOADED), paymentReference: 'card' },
        key: uuid(1),
      })
    },
    play: async ({ wire, system }) => {
      const client = new Client(wire, system)
      const [alice, bob] = accounts(system)
      const to = pays.to === 'nobody' ? NOBODY : bob
      const body = { from: alice, to, amount: String(pays.amount) }
      const answer = await client.ask({ call: 'send', who: 'alice user', body, key: uuid(2) })
      for (const step of steps) await step(client, String(answer.body.transferId))
    },
    check: ({ system, ledger }) => {
      const [view, ...more] = system.containers.transfers.documents.all()
      if (more.length > 0) throw new Violation('there is more than one transfer')
      if (view?.status !== ending.status) throw new Violation(`the transfer shows ${view?.status}`)
      const [alice, bob] = accounts(system)
      const [hers, his] = [ledger.balances.get(alice) ?? 0, ledger.balances.get(bob) ?? 0]
      if (hers !== ending.balances[0] || his !== ending.balances[1]) throw new Violation(`balances ${hers} and ${his}`)
      for (const account of [alice, bob]) {
        const shown = ledger.summaryOf(account)
        if (shown?.balance !== (ledger.balances.get(account) ?? 0))
          throw new Violation(`${account} shows another balance`)
        if (shown?.held !== 0) throw new Violation(`${account} still holds credits`)
      }
      const waiting = system.containers.reviews.documents.all().filter(item => item.waiting)
      if (waiting.length > 0) throw new Violation('it still waits for a reviewer')
    },
  }
}

function accounts({ containers }: World['system']): [alice: string, bob: string] {
  const owner = (name: string) =>
    String(containers.accounts.documents.all().find(item => item.id === 'summary' && item.owner === name)?.accountId)
  return [owner('alice'), owner('bob')]
}

const review =
  (call: 'approve' | 'decline', who: string, key: number): Step =>
  async (client, id) => {
    const body = call === 'decline' ? { reason: 'no' } : {}
    const asked = { call, who: `${who} reviewer`, id, body, key: uuid(key) }
    // Who reads an older replica may not know the receiver yet, and says that trying again is right.
    for (let attempt = 0; attempt < 5; attempt++) if ((await client.ask(asked)).status !== 409) return
    throw new Violation(`${call} was refused again and again`)
  }

const moved = (amount: number, fee = 0) => [LOADED - amount, amount - fee] as const
const untouched = [LOADED, 0] as const

export const flows: readonly Flow[] = [
  flow('straight, to a merchant', { amount: 50_000, to: 'shop' }, { status: 'completed', balances: moved(50_000, 13) }),
  flow('held and approved', { amount: HELD }, { status: 'completed', balances: moved(HELD) }, [
    review('approve', 'rita', 3),
  ]),
  flow('declined', { amount: HELD }, { status: 'declined', balances: untouched }, [review('decline', 'rita', 3)]),
  flow('expired', { amount: HELD }, { status: 'expired', balances: untouched }),
  flow('returned', { amount: 50_000, to: 'nobody' }, { status: 'returned', balances: untouched }),
  flow('refused', { amount: LOADED + 1 }, { status: 'refused', balances: untouched }),
  flow('frozen in the middle', { amount: HELD }, { status: 'expired', balances: untouched }, [
    async client => {
      const [id] = accounts(client.system)
      await client.ask({ call: 'freeze', who: 'olga operator', id, body: {}, key: uuid(4) })
    },
    review('approve', 'rita', 3),
  ]),
]
