import type { BindingPlace, InputBinding } from '../bindings/binding.ts'
import { hubOf } from './app-hub.ts'

/** Gives a function the addresses of its app's task hub; the library makes a client of them. */
export function durableClient({ target, name }: BindingPlace): InputBinding {
  const hub = hubOf(target.app)
  return { name, read: async () => ({ string: (await hub.whenOpen).clientBinding() }) }
}
