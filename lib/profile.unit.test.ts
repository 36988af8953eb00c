import { expect, test } from 'vitest'
import { asCanvasId, asCommitId, asEpoch, asPainterId, asPosition, asSeq, asTile } from './brand.ts'
import type { CommitKind, SequencedCommit } from './commit.ts'
import { dayMs, mergeProfiles, type Profile, profilesOf, recentPixels } from './profile.ts'
import { randomsOf } from './randoms.ts'

const commit = (atMs: number, pixels: readonly [position: number, color: number, previous: number][], cause: CommitKind = 'paint') =>
  ({
    ...{ canvas: asCanvasId('main'), id: asCommitId('commit-0'), epoch: asEpoch('epoch001'), seq: asSeq(1), tile: asTile(0) },
    ...{ atMs, cause },
    pixels: pixels.map(([position, color, previous]) => ({ position: asPosition(position), color, previous, by: asPainterId('p_a') })),
  }) satisfies SequencedCommit
const profileOf = (...commits: SequencedCommit[]) => profilesOf(commits, { tileSize: 64 }).get(asPainterId('p_a'))

test('N1 repaints and pictures are in no profile', () => {
  expect(profileOf(commit(5, [[0, 1, 1]]), commit(6, [[0, 2, 1]], 'picture'))).toBeUndefined()
})

test('N1 the day of a profile is the latest, also when its tiles are followed out of order', () => {
  const later = commit(dayMs, [[1, 2, 0]])
  const earlier = commit(dayMs - 1, [[2, 3, 0]])
  const expected = { day: 1, placedThatDay: 1, placed: 2, colors: { 2: 1, 3: 1 }, first: { atMs: dayMs - 1, gx: 2 } }
  expect(profileOf(later, earlier)).toMatchObject(expected)
  expect(profileOf(earlier, later)).toMatchObject(expected)
})

const undo = (of: SequencedCommit, atMs: number) => {
  const pixels = of.pixels.map((pixel) => ({
    ...pixel,
    color: pixel.previous,
    previous: pixel.color,
    undoes: { by: pixel.by, atMs: of.atMs },
  }))
  return { ...of, atMs, cause: 'undo' as const, pixels }
}

test('U3: an undone pixel leaves the profile, in one part or in two', () => {
  const [kept, gone] = [commit(5, [[1, 2, 0]]), commit(6, [[2, 3, 0]])]
  const expected = profileOf(kept)
  expect(profileOf(kept, gone, undo(gone, 7))).toEqual(expected)
  const [before, after] = [profileOf(kept, gone), profileOf(undo(gone, 7))]
  if (!before || !after) throw new Error('no profile')
  expect(mergeProfiles(before, after)).toEqual(expected)
  expect(profileOf(gone, kept, undo(gone, 7))).toMatchObject({ first: { atMs: 5 }, placed: 1, placedThatDay: 1 })
})

test('N1 merged profiles are the same in any order and any parts', () => {
  for (let seed = 1; seed <= 50; seed++) {
    const random = randomsOf(seed)
    const number = (below: number) => Math.floor(random() * below)
    const commits = Array.from({ length: 40 }, () => commit(number(3 * dayMs), [[number(4_096), number(8), 9]]))
    const parts: Profile[] = []
    for (let from = 0; from < commits.length; ) {
      const to = from + 1 + number(6)
      const part = profileOf(...commits.slice(from, to))
      if (part) parts.push(part)
      from = to
    }
    const shuffled = parts.map((part) => ({ part, key: random() })).sort((a, b) => a.key - b.key)
    const merged = shuffled.map(({ part }) => part).reduce(mergeProfiles)
    expect(merged, `seed ${seed}`).toEqual(profileOf(...commits))
    expect(merged.recent).toHaveLength(recentPixels)
  }
})
