import { Recent } from '@remit/documents/recent'
import type { Head } from './head.ts'

/** Heads of the streams used last, so that a warm instance decides without reading. A stale head only costs a conflict. */
export class HeadsCache<State> extends Recent<string, Head<State>> {}
