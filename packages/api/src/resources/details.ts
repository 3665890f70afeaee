import type { Documents, Key } from '@remit/documents/documents'
import { details, type Texts } from '../views.ts'

/** Free text by command id; nothing for what never had any or was erased. */
export async function textsOf(stored: Documents, keys: readonly Key[]): Promise<Texts[]> {
  const items = await stored.readMany(keys)
  return items.map(item => (item === undefined ? {} : details.parse(item).texts))
}

export async function textOf(stored: Documents, key: Key): Promise<Texts> {
  const [texts] = await textsOf(stored, [key])
  return texts ?? {}
}
