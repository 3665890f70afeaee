/** Moves the focus to the row after the one that has it, or before it; to the first when none has. */
export function moveFocus(step: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>('[data-row]')].filter(row => row.offsetParent !== null)
  const at = rows.indexOf(document.activeElement as HTMLElement)
  const next = at === -1 ? rows[0] : rows[Math.min(rows.length - 1, Math.max(0, at + step))]
  next?.focus()
}

/** Puts the focus on the row of this transfer, or on the first where it is gone. */
export function focusRow(transfer: string): void {
  const row = document.querySelector<HTMLElement>(`[data-row="${transfer}"]`)
  const instead = row ?? document.querySelector<HTMLElement>('[data-row]')
  instead?.focus()
}
