import type { WriteStream } from 'node:tty'

/** Redraws on a terminal, and lines elsewhere, come at least this far apart, in milliseconds. */
const REDRAW = 100
const LINE = 5_000
const WIDTH = 30

export type Progress = {
  /** Without a total, only how much is done. */
  readonly report: (title: string, done: number, total?: number) => void
  /** Takes the bar away, so that a line can be printed. */
  readonly clear: () => void
}

/** A bar on a terminal; elsewhere a plain line every few seconds, and none for what is quickly done. */
export function consoleProgress(out: WriteStream): Progress {
  let [last, drawn] = [performance.now(), false]
  const clear = () => {
    if (drawn) out.write('\r\x1b[2K')
    drawn = false
  }
  const report = (title: string, done: number, total?: number) => {
    const now = performance.now()
    if (now - last < (out.isTTY ? REDRAW : LINE)) return
    last = now
    if (!out.isTTY) {
      out.write(`${title}: ${done}${total === undefined ? '' : ` of ${total}`}\n`)
      return
    }
    out.write(`\r\x1b[2K${barOf(done, total)}${title} ${done}${total === undefined ? '' : `/${total}`}`)
    drawn = true
  }
  return { report, clear }
}

function barOf(done: number, total: number | undefined): string {
  if (total === undefined) return ''
  const full = Math.round((done / total) * WIDTH)
  return `${'█'.repeat(full)}${'░'.repeat(WIDTH - full)} `
}
