import { useEffect, useRef } from 'preact/hooks'

export type Keys = Readonly<Record<string, (() => void) | undefined>>

/** One key, one action; never while somebody fills in a form, with a modifier held, or under an open dialog. */
export function useKeys(keys: Keys): void {
  const newest = useRef(keys)
  newest.current = keys
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return
      if (isFillingIn(event.target) || document.querySelector('dialog[open]')) return
      const act = newest.current[event.key]
      if (act === undefined) return
      event.preventDefault()
      act()
    }
    document.addEventListener('keydown', pressed)
    return () => document.removeEventListener('keydown', pressed)
  }, [])
}

/** Also on the buttons of a form: what was typed must not be lost by a key. */
function isFillingIn(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('form') !== null
}
