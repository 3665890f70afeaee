const quote = 0x22
const backslash = 0x5c
const opening = new Set(['[', '{'])
const closing = new Set([']', '}'])
const delimiters = new Set([',', ':', ']', '}', undefined])

type Text = { text: string; end: number }

/**
 * How many values differ between two JSON texts of the same shape, without parsing them: the usual replace changes a few
 * values of a known item, and parsing it would cost more than all the rest. Undefined if the shapes differ (other names, other
 * lengths of arrays, a value in place of an object); then only parsing tells. Both are looked at up to `end`.
 */
export function changedValues(before: Text, after: Text): number | undefined {
  const a = before.text
  const b = after.text
  let changed = 0
  let at = 0
  let to = 0
  let isString = false
  while (at < before.end && to < after.end) {
    const code = a.charCodeAt(at)
    let isEqual = code === b.charCodeAt(to)
    if (isEqual && code !== quote && code !== backslash) {
      at++
      to++
      continue
    }
    let width = 1
    if (isEqual && code === backslash) {
      width = 2
      isEqual = a.charCodeAt(at + 1) === b.charCodeAt(to + 1)
    }
    if (isEqual) {
      if (code === quote) isString = !isString
      at += width
      to += width
      continue
    }
    if (!isString && isStart(a[at - 1]) && !(isValue(a[at]) && isValue(b[to]))) return undefined
    at = endOfValue(a, width === 2 ? at + 2 : at, isString)
    to = endOfValue(b, width === 2 ? to + 2 : to, isString)
    if (a[at] === ':' || b[to] === ':' || (a[at] !== b[to] && at < before.end && to < after.end)) return undefined
    isString = false
    changed++
  }
  return at === before.end && to === after.end ? changed : undefined
}

/** Whether a value begins after this character. */
function isStart(character: string | undefined): boolean {
  return character === ',' || character === ':' || opening.has(character as string)
}

/** Whether a value that is no object and no array begins with this character. */
function isValue(character: string | undefined): boolean {
  return !opening.has(character as string) && !closing.has(character as string)
}

/** Where the value ends that is being read: the place of the delimiter behind it. */
function endOfValue(text: string, from: number, isInString: boolean): number {
  let at = from
  if (!isInString && text.charCodeAt(at) !== quote) {
    while (!delimiters.has(text[at])) at++
    return at
  }
  if (!isInString) at++
  while (at < text.length && text.charCodeAt(at) !== quote) at += text.charCodeAt(at) === backslash ? 2 : 1
  return at + 1
}
