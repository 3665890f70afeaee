import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { Transfer } from './api.ts'
import { DecidedList } from './decided-list.tsx'
import { useDesk } from './desk.ts'
import { useKeys } from './keyboard.ts'
import { useLive } from './live.ts'
import { startOfDay } from './moments.ts'
import { OneTransfer } from './one-transfer.tsx'
import { addressOf, type Place } from './place.ts'
import { focusRow, moveFocus } from './rows.ts'
import { Empty, Trouble } from './states.tsx'
import { WaitingList } from './waiting-list.tsx'

type Props = { readonly place: Place; readonly go: (place: Place) => void; readonly help: () => void }

/** The list on one side, one transfer on the other; on a narrow screen one at a time. */
export function Reviews({ place, go, help }: Props) {
  const { list, transfer } = place
  const { waiting, today, showMore, settle } = useLists(list)
  const shown = list === 'waiting' ? waiting : today
  const ids = shown.value?.items.map(item => item.transferId) ?? []
  const open = (id: string | undefined) => id !== undefined && go({ list, transfer: id })
  const back = () => go({ list })
  const before = useRef(transfer)
  useLayoutEffect(() => {
    if (transfer === undefined && before.current !== undefined) focusRow(before.current)
    before.current = transfer
  }, [transfer])
  const step = (by: 1 | -1) => {
    if (transfer === undefined) moveFocus(by)
    else open(ids[ids.indexOf(transfer) + by])
  }
  const [down, up] = [() => step(1), () => step(-1)]
  useKeys({ j: down, ArrowDown: down, k: up, ArrowUp: up, Escape: transfer ? back : undefined, '?': help })
  const next = waiting.value?.items.find(item => item.transferId !== transfer)?.transferId
  const toNext = next === undefined ? undefined : () => go({ list: 'waiting', transfer: next })
  return (
    <main class={transfer === undefined ? 'reviews' : 'reviews opened'}>
      <section class="list" aria-label={list === 'waiting' ? 'Waiting transfers' : 'Decided today'}>
        <Tabs list={list} count={waiting.value && `${waiting.value.items.length}${waiting.value.more ? '+' : ''}`} />
        {list === 'waiting' ? (
          <WaitingList known={waiting.value} chosen={transfer} showMore={showMore} />
        ) : (
          <DecidedList known={today.value} chosen={transfer} showMore={showMore} />
        )}
      </section>
      <div class="pane panel">
        {transfer === undefined ? (
          <Empty title="Choose a transfer" text="Press ? to see which keys there are." />
        ) : (
          <OneTransfer key={transfer} id={transfer} back={back} next={toNext} ended={settle} />
        )}
      </div>
      {shown.trouble && <Trouble of={shown.trouble} again={shown.refresh} />}
    </main>
  )
}

function Tabs({ list, count }: { readonly list: Place['list']; readonly count: string | undefined }) {
  const current = (name: Place['list']) => (list === name ? 'page' : undefined)
  return (
    <nav class="tabs" aria-label="Lists">
      <a href={addressOf({ list: 'waiting' })} aria-current={current('waiting')}>
        Waiting <span class="count">{count ?? ''}</span>
      </a>
      <a href={addressOf({ list: 'today' })} aria-current={current('today')}>
        Today
      </a>
    </nav>
  )
}

/** Both lists, kept up to date; what waits also while the other is shown, for its number. */
function useLists(list: Place['list']) {
  const { api, announce, clock } = useDesk()
  const [pages, setPages] = useState({ waiting: 1, today: 1 })
  const [ended, setEnded] = useState<ReadonlySet<string>>(new Set())
  const known = useLive('waiting', () => api.waiting(pages.waiting))
  const decidedToday = () => api.decided(new Date(startOfDay(clock.now())).toISOString(), pages.today)
  const today = useLive(list === 'today' ? 'today' : 'nothing', list === 'today' ? decidedToday : async () => undefined)
  const value = known.value && { ...known.value, items: known.value.items.filter(one => !ended.has(one.transferId)) }
  const refresh = list === 'waiting' ? known.refresh : today.refresh
  const isFirst = pages.waiting + pages.today === 2
  useEffect(() => {
    if (!isFirst) refresh()
  }, [pages, isFirst])
  const count = value?.items.length
  const before = useRef(count)
  useEffect(() => {
    if (count !== undefined && count !== before.current) announce(countText(count))
    before.current = count
  }, [count, announce])
  return {
    waiting: { ...known, value },
    today,
    showMore: () => setPages({ ...pages, [list]: pages[list] + 1 }),
    // The list hears of an end a moment after the transfer itself: what has ended is not offered meanwhile.
    settle: ({ transferId, status }: Transfer) => {
      if (status !== 'held') setEnded(new Set([...ended, transferId]))
      known.refresh()
      today.refresh()
    },
  }
}

function countText(count: number): string {
  return count === 1 ? '1 transfer waits' : `${count === 0 ? 'No' : count} transfers wait`
}
