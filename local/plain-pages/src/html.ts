/** Text that is HTML already. */
export class Html {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

type Value = string | number | Html | Html[] | null

/** Builds HTML; what is put into it is escaped unless it is HTML itself. */
export function html(parts: TemplateStringsArray, ...values: Value[]): Html {
  return new Html(
    parts.map((part, index) => part + (index < values.length ? textOf(values[index] ?? '') : '')).join(''),
  )
}

function textOf(value: NonNullable<Value>): string {
  if (value instanceof Html) return value.text
  if (Array.isArray(value)) return value.map(one => one.text).join('')
  return escapeText(String(value))
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, character => entities[character] ?? character)
}

/** A table with a caption; without rows a sentence instead. */
export function table(caption: string, heads: string[], rows: Value[][]): Html {
  if (rows.length === 0) return html`<h2>${caption}</h2><p>None.</p>`
  const body = rows.map(cells => html`<tr>${cells.map(cell => html`<td>${cell}</td>`)}</tr>`)
  return html`<div class="wide" role="region" aria-label="${caption}" tabindex="0"><table><caption>${caption}</caption><thead><tr>${heads.map(
    head => html`<th scope="col">${head}</th>`,
  )}</tr></thead><tbody>${body}</tbody></table></div>`
}

const style = new Html(`
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { margin: 2rem auto; padding: 0 1rem; max-width: 80rem }
.wide { overflow-x: auto }
table { border-collapse: collapse; width: 100%; margin-bottom: 2rem }
caption, h2 { text-align: left; font-size: 1.25rem; font-weight: 600; padding: .5rem 0; margin: 0 }
th, td { text-align: left; vertical-align: top; padding: .25rem .75rem .25rem 0; border-bottom: 1px solid GrayText }
td { overflow-wrap: anywhere }
button { font: inherit; padding: .25rem .75rem; cursor: pointer }
:focus-visible { outline: 3px solid Highlight; outline-offset: 2px }
`)

/** A whole page. */
export function page(title: string, main: Html): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${title}</h1>
${main}
</main>
</body>
</html>
`.text
}
