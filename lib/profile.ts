/**
 * What a canvas knows of one painter: how many pixels count for them in all and today, in which colors, and where. Parts can be merged in any order,
 * because the tiles of a canvas are followed independently.
 */
import type { PainterId } from './brand.ts'
import type { SequencedCommit } from './commit.ts'
import { pointOf } from './geometry.ts'
import { earns, loserOf } from './stats.ts'

/** Days begin at midnight UTC. */
export const dayMs = 86_400_000
export const dayOf = (atMs: number) => Math.floor(atMs / dayMs)

export const recentPixels = 12

export interface PaintedPixel {
  readonly atMs: number
  readonly gx: number
  readonly gy: number
  readonly color: number
}

export interface Profile {
  /** The painter's latest day, since 1970, and the pixels of that day. */
  readonly day: number
  readonly placedThatDay: number
  readonly placed: number
  /** The pixels of each color, by its index. */
  readonly colors: Readonly<Record<number, number>>
  readonly first: PaintedPixel
  /** Newest first. */
  readonly recent: readonly PaintedPixel[]
  /** Undone placements that another part of the profile may have among its recent ones, newest first. */
  readonly undone?: readonly PaintedPixel[]
}

const isBefore = (one: PaintedPixel, other: PaintedPixel) =>
  one.atMs !== other.atMs ? one.atMs < other.atMs : one.gy !== other.gy ? one.gy < other.gy : one.gx < other.gx

const profileOf = (pixel: PaintedPixel): Profile => ({
  day: dayOf(pixel.atMs),
  placedThatDay: 1,
  placed: 1,
  colors: { [pixel.color]: 1 },
  first: pixel,
  recent: [pixel],
})

/** What an undo adds to the profile of the painter of this pixel. */
const withoutPixel = (pixel: PaintedPixel): Profile => ({
  day: dayOf(pixel.atMs),
  placedThatDay: -1,
  placed: -1,
  colors: { [pixel.color]: -1 },
  first: pixel,
  recent: [],
  undone: [pixel],
})

const isSame = (one: PaintedPixel, other: PaintedPixel) => one.atMs === other.atMs && one.gx === other.gx && one.gy === other.gy
const newestFirst = (pixels: readonly PaintedPixel[]) => pixels.toSorted((a, b) => (isBefore(a, b) ? 1 : -1)).slice(0, recentPixels)

export const mergeProfiles = (one: Profile, other: Profile): Profile => {
  const colors: Record<number, number> = { ...one.colors }
  for (const [color, count] of Object.entries(other.colors)) colors[Number(color)] = (colors[Number(color)] ?? 0) + count
  for (const [color, count] of Object.entries(colors)) if (count === 0) delete colors[Number(color)]
  const taken = [...(one.undone ?? []), ...(other.undone ?? [])]
  const isUndone = (pixel: PaintedPixel) => taken.some((each) => isSame(each, pixel))
  const painted = [...one.recent, ...other.recent]
  const recent = newestFirst(painted.filter((pixel) => !isUndone(pixel)))
  const undone = newestFirst(taken.filter((pixel) => !painted.some((each) => isSame(each, pixel))))
  const first = isBefore(one.first, other.first) ? one.first : other.first
  const day = Math.max(one.day, other.day)
  return {
    day,
    placedThatDay: (one.day === day ? one.placedThatDay : 0) + (other.day === day ? other.placedThatDay : 0),
    placed: one.placed + other.placed,
    colors,
    // When the first pixel was undone, the oldest other one that is still known.
    first: isUndone(first) ? (recent.at(-1) ?? first) : first,
    recent,
    ...(undone.length > 0 && { undone }),
  }
}

/** The profiles of the painters of these commits, from these commits alone. */
export const profilesOf = (commits: readonly SequencedCommit[], { tileSize }: { tileSize: number }): Map<PainterId, Profile> => {
  const profiles = new Map<PainterId, Profile>()
  const add = (painter: PainterId, added: Profile) => {
    const known = profiles.get(painter)
    profiles.set(painter, known ? mergeProfiles(known, added) : added)
  }
  for (const commit of commits) {
    for (const pixel of commit.pixels) {
      const point = pointOf(tileSize, commit.tile, pixel.position)
      const loser = loserOf(commit, pixel)
      if (earns(commit, pixel)) add(pixel.by, profileOf({ atMs: commit.atMs, ...point, color: pixel.color }))
      else if (loser !== null && pixel.undoes) add(loser, withoutPixel({ atMs: pixel.undoes.atMs, ...point, color: pixel.previous }))
    }
  }
  return profiles
}
