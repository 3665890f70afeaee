/** What is read, in this order: a view first, so that whatever it shows is found in the events read after it. */
export const phases = [['accounts'], ['transfers', 'operations', 'owners'], ['events'], ['commands', 'parked']] as const

export type VerifiedContainer = (typeof phases)[number][number]

/** Anything that holds the containers of one deployment. Items are `unknown`: nothing about them is believed. */
export type Source = {
  /** Whose data this is, for the export of heads. */
  readonly account: string
  /** How many parts a container can be read in. All items of one partition are in one part. */
  readonly parts: (container: VerifiedContainer) => Promise<number>
  /** How many items there are, about, for the progress bar; 0 where nobody knows. */
  readonly size: (container: VerifiedContainer) => Promise<number>
  /** All items of one part, page by page; those of one partition of `events` in the order they were stored. */
  readonly read: (container: VerifiedContainer, part: number) => AsyncIterable<readonly unknown[]>
  /** All items of one partition, in the order they were stored. */
  readonly partition: (container: VerifiedContainer, key: string) => Promise<readonly unknown[]>
  readonly close: () => Promise<void>
}

/** How a worker thread opens the source for itself: a module with `openSource(options)`. */
export type SourceDescription = { readonly module: string; readonly options: unknown }

export async function openSource({ module, options }: SourceDescription): Promise<Source> {
  const { openSource: open } = (await import(module)) as { openSource: (options: unknown) => Promise<Source> }
  return open(options)
}
