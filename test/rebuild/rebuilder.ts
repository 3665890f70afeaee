import { containerOf, otherThan, type ViewEditions, viewNames } from '@remit/api/editions'
import type { ContainerName } from '@remit/documents/containers'
import type { StoredItem } from '@remit/documents/documents'
import { dropBefore, rebuildView, rollBack } from '@remit/rebuild/rebuild-view'
import { settings } from '../simulation/apps.ts'
import { Violation } from '../simulation/ledger.ts'
import type { Process } from '../simulation/scheduler.ts'
import { overTheWire } from '../simulation/store.ts'
import type { System } from '../simulation/system.ts'
import type { Wire } from '../simulation/wire.ts'

/** Longer than a replica is behind and a process goes by what it knew, in milliseconds. */
const SEEN_BY_ALL = 5_000
const PAUSE = 15_000

/** Somebody who rebuilds views all the time, from processes that die; in the end every view once more. */
export class Rebuilder {
  /** How often readers were switched. */
  switches = 0
  settled = false
  readonly #wire: Wire
  readonly #system: System
  #process: Process
  #finishing = false
  /** Changes of the editions seen so far. */
  #written = 0

  constructor(wire: Wire, system: System) {
    this.#wire = wire
    this.#system = system
    this.#process = this.#start()
  }

  /** Its process dies; or, in the very moment in which the editions change, somebody who writes them stands still. */
  misfortune(): void {
    const { faults, random } = this.#wire
    if (faults.happens('crash')) {
      this.#process.dead = true
      this.#process = this.#start()
    }
    const written = this.#system.containers.views.written().length
    if (written > this.#written && !this.#finishing && random.chance(0.5)) {
      this.#system.freeze(random.pick(this.#system.instances.filter(({ name }) => name === 'projections')))
    }
    this.#written = written
  }

  finish(): void {
    this.#finishing = true
  }

  #start(): Process {
    const process = { name: 'rebuilder', dead: false }
    void this.#run(process)
    return process
  }

  async #run(process: Process): Promise<void> {
    const { scheduler, random } = this.#wire
    while (!this.#finishing) {
      await scheduler.park(process, random.between(0, PAUSE))
      await this.#something(process).catch(() => {})
    }
    for (const view of viewNames) {
      for (let read: string | undefined; read === undefined; ) {
        const rebuilt = await rebuildView(this.#rebuilding(process), view).catch(() => undefined)
        read = rebuilt?.read
        if (read === undefined) await scheduler.park(process, PAUSE)
      }
      this.switches += 1
    }
    this.settled = true
  }

  async #something(process: Process): Promise<void> {
    const { random } = this.#wire
    const view = random.pick([...viewNames])
    const dice = random.next()
    if (dice < 0.15) await dropBefore(this.#rebuilding(process), view)
    else if (dice < 0.4) await rollBack(this.#rebuilding(process), view)
    else if ((await rebuildView(this.#rebuilding(process), view)).read === undefined) return
    this.switches += 1
  }

  #rebuilding(process: Process) {
    const { scheduler, random } = this.#wire
    const wired = Object.entries(this.#system.containers).map(([name, container]) => [
      name,
      overTheWire(this.#wire, process, container),
    ])
    return {
      stores: Object.fromEntries(wired) as Record<ContainerName, ReturnType<typeof overTheWire>>,
      world: {
        now: () => scheduler.now,
        sleep: (milliseconds: number) => scheduler.park(process, milliseconds),
        randomId: () => random.uuid(),
      },
      settings,
      seenByAll: SEEN_BY_ALL,
      progress: () => {},
    }
  }
}

/** Both editions of every view hold the same. */
export function checkEditions(system: System): void {
  const stored = (name: ContainerName) => system.containers[name].documents.all()
  for (const { id, read } of stored('views') as unknown as ViewEditions[]) {
    const [now, other] = [read, otherThan(read)].map(edition => contents(stored(containerOf(id, edition))))
    for (const [item, content] of now ?? []) {
      if (other?.get(item) !== content) throw new Violation(`${id} ${item}: ${content} here, ${other?.get(item)} there`)
    }
    if (now?.size !== other?.size) throw new Violation(`${id} has ${now?.size} items here, ${other?.size} there`)
  }
}

function contents(items: readonly StoredItem[]): Map<string, string> {
  return new Map(
    items.map(({ _etag, _ts, ...item }) => [
      [item.accountId ?? item.transferId ?? item.owner, item.id].join(' '),
      JSON.stringify(item, sortedNames(item)),
    ]),
  )
}

function sortedNames(value: object): string[] {
  const names = new Set<string>()
  JSON.stringify(value, (name, inner) => {
    names.add(name)
    return inner
  })
  return [...names].sort()
}
