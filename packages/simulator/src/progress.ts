import type { WriteStream } from 'node:tty'

/** Redraws on a terminal, and lines elsewhere, come at least this far apart, in milliseconds. */
const REDRAW = 100
const LINE = 5_000
const WIDTH = 30

export type Progress = {
  readonly report: (title: string, done: number, total: number) => void
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
  const report = (title: string, done: number, total: number) => {
    const now = performance.now()
    if (now - last < (out.isTTY ? REDRAW : LINE)) return
    last = now
    if (!out.isTTY) {
      out.write(`${title}: ${done} of ${total}\n`)
      return
    }
    const full = Math.round((done / total) * WIDTH)
    out.write(`\r\x1b[2K${'█'.repeat(full)}${'░'.repeat(WIDTH - full)} ${title} ${done}/${total}`)
    drawn = true
  }
  return { report, clear }
}
