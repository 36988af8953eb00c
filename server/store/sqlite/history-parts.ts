/**
 * Splits commits into parts by position. History rows are stored by pixel, so rows in the order of time touch one page each, and SQLite writes each
 * changed page whole. Rows that are sorted by position share pages.
 */
import type { CommitPixel, SequencedCommit } from '../../../lib/commit.ts'

/** Each part has up to `size` pixels, at positions not below those of the part before it. There is at least one part. */
export const partsByPosition = (commits: readonly SequencedCommit[], size: number): SequencedCommit[][] => {
  const pixels = commits.flatMap((commit) => commit.pixels.map((pixel): [SequencedCommit, CommitPixel] => [commit, pixel]))
  // Sorting numbers takes a third of the time of a comparison function.
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
