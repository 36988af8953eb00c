/** A page of commits: it ends with the commit that reaches `maxPagePixels` pixels, so its size is bounded (A6). */
import type { SequencedCommit } from '../../lib/commit.ts'
import { maxPagePixels } from './port.ts'

interface WithPixels {
  /** Null when they cannot be decoded. */
  readonly pixels: SequencedCommit['pixels'] | null
}

export interface Page<Kind> {
  readonly commits: Kind[]
  /** Returns whether there is room for another commit. */
  add(commit: Kind): boolean
}

export const createPage = <Kind extends WithPixels = SequencedCommit>(maxPixels?: number): Page<Kind> =>
  createPageBy(({ pixels }) => pixels?.length ?? 0, maxPixels)

/** A page of commits in another form than a decoded one. */
export const createPageBy = <Kind>(countPixels: (commit: Kind) => number, maxPixels = maxPagePixels): Page<Kind> => {
  const commits: Kind[] = []
  let pixels = 0
  return {
    commits,
    add(commit) {
      commits.push(commit)
      pixels += countPixels(commit)
      return pixels < maxPixels
    },
  }
}
