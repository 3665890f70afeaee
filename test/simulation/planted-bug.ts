import type { Documents } from '@remit/documents/documents'
import type { accountRule } from '@remit/domain/account/account'
import type { HostHabits } from './feed.ts'

export type Rule = ReturnType<typeof accountRule>
export type Handle = (items: unknown[]) => Promise<void>
export type FeedName = 'decide' | 'move' | 'project' | 'publish' | 'lookAfterCommands' | 'lookAfterViews'

/** A defect put in on purpose, around production code that has none: the simulation must find each. */
export type PlantedBug = {
  /** What an app gets for a container. */
  readonly documents?: (container: string, documents: Documents) => Documents | undefined
  readonly rule?: (rule: Rule) => Rule
  readonly host?: Partial<HostHabits>
  /** What a feed function does. */
  readonly feed?: (name: FeedName, handle: Handle) => Handle
  /** What the timer does. */
  readonly timer?: (work: () => Promise<void>) => Promise<void>
  /** What `publishEvents` reads its watermarks from. */
  readonly watermark?: (accounts: Documents) => Documents
  /** What the review service does with a delivery. */
  readonly heard?: (handle: (event: unknown) => Promise<void>) => (event: unknown) => Promise<void>
}
