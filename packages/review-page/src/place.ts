/** Where in the page somebody is. It stands behind the `#`, so that it survives a reload and a sign-in. */
export type Place = { readonly list: 'waiting' | 'today'; readonly transfer?: string }

const ID = /^[0-9a-f-]{36}_[0-9a-f-]{36}$/

export function placeIn(hash: string): Place {
  const [name, id = ''] = hash.replace(/^#\/?/, '').split('/')
  const list = name === 'today' ? 'today' : 'waiting'
  return ID.test(id) ? { list, transfer: id } : { list }
}

export function addressOf({ list, transfer }: Place): string {
  return transfer === undefined ? `#/${list}` : `#/${list}/${transfer}`
}
