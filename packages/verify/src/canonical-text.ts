/**
 * The canonical JSON of a stored item, as `canonicalJson` of the domain writes it, made for millions of items: they
 * come from JSON, so nothing in them is undefined or without a JSON form.
 */
export function canonicalText(value: unknown): string {
  if (typeof value === 'string') return quoted(value)
  if (typeof value === 'number') return `${value}`
  if (value === null || typeof value !== 'object') return String(value)
  if (!Array.isArray(value)) return withMembers(value as Members, orderOf(Object.keys(value)).all)
  if (value.length === 0) return '[]'
  let text = `[${canonicalText(value[0])}`
  for (let index = 1; index < value.length; index++) text += `,${canonicalText(value[index])}`
  return `${text}]`
}

/** The same of an item without what the store adds, whose names begin with `_`, and without its own `hash`. */
export function canonicalContent(item: object): string {
  return withMembers(item as Members, orderOf(Object.keys(item)).content)
}

/** The same of an item without what the store adds, whose names begin with `_`. */
export function canonicalItem(item: object): string {
  return withMembers(item as Members, orderOf(Object.keys(item)).own)
}

type Members = { readonly [member: string]: unknown }
type Named = { readonly name: string; readonly lead: string }
type Order = {
  readonly names: readonly string[]
  readonly all: readonly Named[]
  readonly own: readonly Named[]
  readonly content: readonly Named[]
}

const PLAIN = /^[ !#-[\]-~]*$/

function quoted(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : JSON.stringify(text)
}

function withMembers(value: Members, members: readonly Named[]): string {
  let text = ''
  for (let index = 0; index < members.length; index++) {
    const { name, lead } = members[index] as Named
    const member = value[name]
    if (member !== undefined) text += `${text === '' ? '{' : ','}${lead}${canonicalText(member)}`
  }
  return text === '' ? '{}' : `${text}}`
}

/** Orders of member names seen before, by how many there are. Holds are named by ids, so there is no end of them. */
const orders: Order[][] = []
const MOST_ORDERS = 24

function orderOf(names: readonly string[]): Order {
  const known = orders[names.length] ?? []
  for (let index = 0; index < known.length; index++) {
    const order = known[index] as Order
    if (sameNames(order.names, names)) return order
  }
  const all = [...names].sort().map(name => ({ name, lead: `${JSON.stringify(name)}:` }))
  const own = all.filter(({ name }) => !name.startsWith('_'))
  const order = { names, all, own, content: own.filter(({ name }) => name !== 'hash') }
  if (known.length < MOST_ORDERS) orders[names.length] = [...known, order]
  return order
}

function sameNames(a: readonly string[], b: readonly string[]): boolean {
  for (let index = a.length - 1; index >= 0; index--) if (a[index] !== b[index]) return false
  return true
}
