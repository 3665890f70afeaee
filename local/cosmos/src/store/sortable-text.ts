const mark = '\ud7ff'
const unusual = /[\ud7ff-\uffff]/g
const marked = /\ud7ff([\0-\uffff])/g

/**
 * Text in a form that SQLite compares as this language does. SQLite compares bytes of UTF-8, the language UTF-16 code units:
 * they differ from the surrogates on, and a lone surrogate has no UTF-8 at all. So each unit from U+D7FF on becomes two
 * that lie below. Most texts stay as they are.
 */
export function sortable(text: string): string {
  return text.replace(unusual, unit => mark + String.fromCharCode(unit.charCodeAt(0) - 0xd7ff))
}

/** The text that `sortable` was made of. */
export function unsorted(text: string): string {
  return text.replace(marked, (_, unit: string) => String.fromCharCode(unit.charCodeAt(0) + 0xd7ff))
}

/** Above every sortable text. */
export const aboveEveryText = '\ue000'
