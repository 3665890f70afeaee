import { useEffect, useRef } from 'preact/hooks'

const keys = [
  ['j or ↓', 'next transfer'],
  ['k or ↑', 'previous transfer'],
  ['Enter', 'open'],
  ['a', 'accept'],
  ['d', 'decline'],
  ['Esc', 'back'],
  ['?', 'this help'],
] as const

/** Which keys do what. */
export function Help({ close }: { readonly close: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => dialog.current?.showModal(), [])
  return (
    <dialog ref={dialog} class="help" aria-labelledby="help" onClose={close}>
      <h2 id="help">Keys</h2>
      <dl>
        {keys.map(([key, what]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <form method="dialog">
        <button type="submit">Close</button>
      </form>
    </dialog>
  )
}
