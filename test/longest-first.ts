import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** What takes longest, so that it is not what everybody waits for at the end: the beginnings of paths, longest first. */
const LONGEST = [
  'test/simulation/pairs',
  'test/flow/rebuild',
  'test/page/',
  'test/kills/',
  'test/contract/functions/timer-trigger',
  'test/simulation/',
  'test/contract/cosmos/index-use',
  'test/start/',
  'test/flow/',
  'test/verify/',
]

/** Begins with the longest files. All others follow as always. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const found = LONGEST.findIndex(start => moduleId.includes(`/${start}`))
      return found === -1 ? LONGEST.length : found
    }
    return (await super.sort(files)).sort((a, b) => place(a) - place(b))
  }
}
