import type { Decided } from './api.ts'
import { useDesk } from './desk.ts'
import { exactTime, timeOfDay } from './moments.ts'
import { names } from './outcome.ts'
import { type ListProps, TransferList } from './transfer-list.tsx'

const EMPTY = { title: 'Nothing yet today', text: 'What is decided or expires today is listed here.' }
const OUTCOMES = { accepted: 'Accepted', declined: 'Declined', expired: 'Expired' } as const

/** What was decided or expired today, newest first. */
export function DecidedList(props: ListProps<Decided>) {
  return (
    <TransferList
      {...props}
      list="today"
      empty={EMPTY}
      memo={one => <Memo {...one} />}
      time={one => <When {...one} />}
    />
  )
}

function Memo({ outcome, decisions }: Decided) {
  const { me } = useDesk()
  const by = decisions.flatMap(one =>
    one.by !== undefined && (outcome !== 'declined' || one.what === 'declined') ? [one.by] : [],
  )
  return (
    <>
      <span class={`chip ${outcome}`}>{OUTCOMES[outcome]}</span>
      {outcome === 'expired' ? 'nobody decided' : `by ${names(by, me.sub)}`}
    </>
  )
}

function When({ decidedAt }: Decided) {
  return (
    <time class="due when" dateTime={decidedAt} title={exactTime(decidedAt)}>
      {timeOfDay(decidedAt)}
    </time>
  )
}
