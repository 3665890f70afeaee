import { useEffect, useState } from 'preact/hooks'
import type { Listed, Transfer } from './api.ts'
import { useDesk } from './desk.ts'
import { exactTime } from './moments.ts'
import { formatMoney, sumOf } from './money.ts'

/** So many of the earlier transfers are listed; the line above counts them all. */
const SHOWN = 6

/** What went on between the two before, in both directions. */
export function History({ transfer }: { readonly transfer: Transfer }) {
  const { api, machine } = useDesk()
  const [found, setFound] = useState<Listed<Transfer> | 'failed'>()
  const [attempt, setAttempt] = useState(0)
  const { transferId } = transfer
  useEffect(() => {
    let left = false
    let cancel = () => {}
    api.between(transfer).then(
      listed => !left && setFound(listed),
      () => {
        if (left) return
        setFound('failed')
        cancel = machine.later(5_000, () => setAttempt(attempt + 1))
      },
    )
    return () => {
      left = true
      cancel()
    }
  }, [api, machine, transferId, attempt])
  return (
    <section class="history" aria-labelledby="history">
      <h3 id="history">Between the two</h3>
      <p class="muted">{summaryOf(found)}</p>
      {found !== undefined && found !== 'failed' && found.items.length > 0 && (
        <table>
          <thead class="unseen">
            <tr>
              <th scope="col">When</th>
              <th scope="col">Direction and outcome</th>
              <th scope="col">Amount</th>
            </tr>
          </thead>
          <tbody>
            {found.items.slice(0, SHOWN).map(one => (
              <tr key={one.transferId}>
                <td class="muted">{exactTime(one.requestedAt)}</td>
                <td>
                  {one.from === transfer.from ? 'same direction' : 'the other way'}, {one.status.replace('_', ' ')}
                </td>
                <td class="amount">{formatMoney(one.amount, one.currency)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  )
}

function summaryOf(found: Listed<Transfer> | 'failed' | undefined): string {
  if (found === undefined) return 'Looking…'
  if (found === 'failed') return 'It could not be looked up. Trying again.'
  const { items, more } = found
  const among = more ? ', among the newest 100 transfers of the sender' : ''
  const [first] = items
  if (first === undefined) return `No earlier transfer${among}.`
  const completed = items.filter(({ status }) => status === 'completed')
  const total = formatMoney(sumOf(completed.map(({ amount }) => amount)), first.currency)
  const count = items.length === 1 ? '1 earlier transfer' : `${items.length} earlier transfers`
  return `${count}${among}; ${completed.length} completed, ${total} in all.`
}
