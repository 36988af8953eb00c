/** A page of commits: it ends with the commit that reaches `maxPagePixels` pixels, so a page is bounded whatever its commits hold (A6). */
import type { SequencedCommit } from '../../lib/commit.ts'
import { maxPagePixels } from './port.ts'

interface Weighed {
  readonly pixels: SequencedCommit['pixels'] | null
}

export interface Page<Kind> {
  readonly commits: readonly Kind[]
  /** Answers whether there is room for another one. */
  add(commit: Kind): boolean
}

export const createPage = <Kind extends Weighed = SequencedCommit>(maxPixels?: number): Page<Kind> =>
  createPageBy(({ pixels }) => pixels?.length ?? 0, maxPixels)

/** The same for commits in another form. */
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

/** As many of the commits as a page holds. */
export const firstPage = <Kind extends Pick<SequencedCommit, 'pixels'>>(commits: Iterable<Kind>, maxPixels?: number): Kind[] => {
  const page = createPage<Kind>(maxPixels)
  for (const commit of commits) if (!page.add(commit)) break
  return [...page.commits]
}
