/**
 * Commits in parts by position. History is kept by pixel, so what comes in the order of time lies on as many pages as it has pixels, and each page that a
 * transaction changes is written whole. Rows of many commits, sorted by position before they are cut into transactions, share them.
 */
import type { CommitPixel, SequencedCommit } from '../../../lib/commit.ts'

/** Each part holds up to `size` pixels, and none that come before those of the part before it. There is one part at least. */
export const partsByPosition = (commits: readonly SequencedCommit[], size: number): SequencedCommit[][] => {
  const pixels = commits.flatMap((commit) => commit.pixels.map((pixel): [SequencedCommit, CommitPixel] => [commit, pixel]))
  // Numbers, because a comparison in JavaScript for each pair would take three times as long.
  const order = Float64Array.from(pixels, ([, { position }], index) => position * pixels.length + index).sort()
  const parts: SequencedCommit[][] = []
  for (let from = 0; from < order.length; from += size) {
    const byCommit = new Map<SequencedCommit, CommitPixel[]>()
    for (const key of order.subarray(from, from + size)) {
      const [commit, pixel] = pixels[key % pixels.length] as [SequencedCommit, CommitPixel]
      const known = byCommit.get(commit)
      if (known) known.push(pixel)
      else byCommit.set(commit, [pixel])
    }
    parts.push([...byCommit].map(([commit, some]) => ({ ...commit, pixels: some })))
  }
  return parts.length > 0 ? parts : [[]]
}
