import { isDeepStrictEqual } from 'node:util'
import { editionsOf, type ViewEditions, type ViewName } from '@remit/api/editions'
import { patiently, type Rebuilding } from './rebuilding.ts'

/** How long nobody else may rebuild a view after the last sign of life, in milliseconds. */
const CLAIM = 60_000
const PAUSE = 1_000
const ROUNDS = 10

/** Somebody else rebuilds the view, or has taken it over. */
export class Taken extends Error {
  override readonly name = 'Taken'
}

type Known = { readonly editions: ViewEditions; readonly etag: string | undefined }

/** The right to change which editions of a view there are: every change is made over the one before, or not at all. */
export class Claim {
  readonly #rebuilding: Rebuilding
  readonly #by: string
  #known: Known

  private constructor(rebuilding: Rebuilding, known: Known) {
    this.#rebuilding = rebuilding
    this.#by = rebuilding.world.randomId()
    this.#known = known
  }

  /** @throws Taken while somebody else has it. */
  static async on(rebuilding: Rebuilding, view: ViewName): Promise<Claim> {
    const known = await patiently(rebuilding.world, () => read(rebuilding, view))
    const until = known.editions.rebuild?.until ?? ''
    if (until > new Date(rebuilding.world.now()).toISOString()) {
      throw new Taken(`Somebody else changes the editions of ${view}. If they gave up, try again after ${until}.`)
    }
    const claim = new Claim(rebuilding, known)
    await claim.change({})
    return claim
  }

  get editions(): ViewEditions {
    return this.#known.editions
  }

  /** @throws Taken when somebody else has changed it meanwhile; then nothing was changed here. */
  async change(what: Partial<Pick<ViewEditions, 'read' | 'kept' | 'before'>>): Promise<void> {
    const until = new Date(this.#rebuilding.world.now() + CLAIM).toISOString()
    await this.#store({ ...this.editions, ...what, rebuild: { by: this.#by, until } })
  }

  /** Says that the work goes on, when it is time to. */
  async renew(): Promise<void> {
    const until = Date.parse(this.editions.rebuild?.until ?? '')
    if (until - this.#rebuilding.world.now() < CLAIM / 2) await this.change({})
  }

  async release(): Promise<void> {
    await this.#store({ ...this.editions, rebuild: undefined })
  }

  async #store(next: ViewEditions): Promise<void> {
    const { world, stores } = this.#rebuilding
    const item = JSON.parse(JSON.stringify(next)) as ViewEditions
    for (let round = 1; round <= ROUNDS; round++) {
      const { etag } = this.#known
      const written = await stores.views.write(
        etag === undefined ? { kind: 'create', item } : { kind: 'replace', item, etag },
      )
      if (written.result === 'written') {
        this.#known = { editions: item, etag: written.etag }
        return
      }
      if (written.result !== 'busy') {
        const there = await patiently(world, () => read(this.#rebuilding, item.id))
        if (isDeepStrictEqual(there.editions, item)) {
          this.#known = there
          return
        }
        if (there.etag !== etag) throw new Taken(`Somebody else has changed the editions of ${item.id}.`)
      }
      await world.sleep(PAUSE)
    }
    throw new Taken(`The editions of ${item.id} cannot be changed just now.`)
  }
}

async function read({ stores }: Rebuilding, view: ViewName): Promise<Known> {
  const item = await stores.views.read({ partition: view, id: view })
  return { editions: editionsOf(view, item), etag: item?._etag }
}
