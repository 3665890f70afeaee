import type { Review } from './api.ts'
import { Due } from './due.tsx'
import { type ListProps, TransferList } from './transfer-list.tsx'

const EMPTY = { title: 'Nothing waits', text: 'Significant transfers show up here by themselves.' }

/** The transfers that wait for somebody, oldest due first. */
export function WaitingList(props: ListProps<Review>) {
  return (
    <TransferList
      {...props}
      list="waiting"
      empty={EMPTY}
      memo={one => <Memo {...one} />}
      time={one => <Due {...one} />}
    />
  )
}

function Memo({ memo, approvals, approvalsNeeded }: Review) {
  return (
    <>
      {approvalsNeeded > 1 && (
        <span class="chip">
          {approvals} of {approvalsNeeded}
          <span class="unseen"> accepted</span>
        </span>
      )}
      {memo ?? 'No memo'}
    </>
  )
}
