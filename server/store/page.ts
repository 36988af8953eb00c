/** A page of commits: it ends with the commit that reaches `maxPagePixels` pixels, so a page is bounded whatever its commits hold (A6). */
import type { SequencedCommit } from '../../lib/commit.ts'
import { maxPagePixels } from './port.ts'

export interface Page {
  readonly commits: readonly SequencedCommit[]
  /** Answers whether there is room for another one. */
  add(commit: SequencedCommit): boolean
}

export const createPage = (): Page => {
  const commits: SequencedCommit[] = []
  let pixels = 0
  return {
    commits,
    add(commit) {
      commits.push(commit)
      pixels += commit.pixels.length
      return pixels < maxPagePixels
    },
  }
}

/** As many of the commits as a page holds. */
export const firstPage = (commits: Iterable<SequencedCommit>): SequencedCommit[] => {
  const page = createPage()
  for (const commit of commits) if (!page.add(commit)) break
  return [...page.commits]
}
