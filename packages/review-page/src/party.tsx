import { useParty } from './live.ts'

/** A name as soon as it is known; until then its place is kept. */
export function PartyName({ id }: { readonly id: string }) {
  const party = useParty(id)
  if (party === undefined) return <span class="name loading" title={id} />
  return (
    <span class="name" title={id}>
      {party === 'unknown' ? 'No open account' : party.name || 'Without a name'}
    </span>
  )
}

/** Who pays or is paid, with what a reviewer may know of the account. */
export function PartyCard({ id, side }: { readonly id: string; readonly side: string }) {
  const party = useParty(id)
  const kind = party === undefined || party === 'unknown' ? '' : party.kind
  const closed = party !== undefined && party !== 'unknown' && !party.accepts
  return (
    <div class="party">
      <dt>{side}</dt>
      <dd>
        <PartyName id={id} />
        <span class="muted kind">
          {kind === 'merchant' ? 'Merchant' : kind === 'personal' ? 'Personal account' : '\u00a0'}
          {closed ? ', closed' : ''}
        </span>
        <code class="id">{id}</code>
      </dd>
    </div>
  )
}
