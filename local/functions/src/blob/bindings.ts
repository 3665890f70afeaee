import { type BindingPlace, type InputBinding, type OutputBinding, textOption } from '../bindings/binding.ts'
import { type BindingData, parseExpression } from '../bindings/expression.ts'
import { connectionOf, findStorage } from '../storage/connection.ts'
import { uploadBlob } from '../storage/host-container.ts'
import { contentOf, readContent } from './content.ts'

/** Reads a blob for a function; a missing one is undefined. */
export function blobInput(place: BindingPlace): InputBinding {
  const { account, place: placeOf } = openPath(place)
  return {
    name: place.name,
    read(data) {
      const { container, blob } = placeOf(data)
      return readContent(account.blobs().getContainerClient(container).getBlobClient(blob), place.binding.dataType)
    },
  }
}

/** Writes what a function answers into a blob, over what was there. */
export function blobOutput(place: BindingPlace): OutputBinding {
  const { account, place: placeOf } = openPath(place)
  return {
    name: place.name,
    async write(value, data) {
      const { container, blob } = placeOf(data)
      await uploadBlob(account.blobs().getContainerClient(container), blob, { content: contentOf(value) })
    },
  }
}

function openPath(place: BindingPlace) {
  const { target, binding } = place
  const path = parseExpression(target.name, textOption(place, 'path'))
  return {
    account: findStorage(target.name, target.app.settings, connectionOf(binding)),
    place(data: BindingData): { container: string; blob: string } {
      const resolved = path.resolve(data)
      const slash = resolved.indexOf('/')
      if (slash < 1 || slash === resolved.length - 1) throw new Error(`"${resolved}" is not the path of a blob.`)
      return { container: resolved.slice(0, slash).toLowerCase(), blob: resolved.slice(slash + 1) }
    },
  }
}
