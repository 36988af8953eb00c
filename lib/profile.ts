/**
 * What a canvas knows of one painter: how many pixels count for them in all and today, in which colors, and where. Parts can be merged in any order,
 * because the tiles of a canvas are followed independently.
 */
import type { PainterId } from './brand.ts'
import type { SequencedCommit } from './commit.ts'
import { pointOf } from './geometry.ts'
import { earns } from './stats.ts'

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

export const mergeProfiles = (one: Profile, other: Profile): Profile => {
  const colors: Record<number, number> = { ...one.colors }
  for (const [color, count] of Object.entries(other.colors)) colors[Number(color)] = (colors[Number(color)] ?? 0) + count
  const day = Math.max(one.day, other.day)
  return {
    day,
    placedThatDay: (one.day === day ? one.placedThatDay : 0) + (other.day === day ? other.placedThatDay : 0),
    placed: one.placed + other.placed,
    colors,
    first: isBefore(one.first, other.first) ? one.first : other.first,
    recent: [...one.recent, ...other.recent].sort((a, b) => (isBefore(a, b) ? 1 : -1)).slice(0, recentPixels),
  }
}

/** The profiles of the painters of these commits, from these commits alone. */
export const profilesOf = (commits: readonly SequencedCommit[], { tileSize }: { tileSize: number }): Map<PainterId, Profile> => {
  const profiles = new Map<PainterId, Profile>()
  for (const commit of commits) {
    for (const pixel of commit.pixels) {
      if (!earns(commit, pixel)) continue
      const added = profileOf({ atMs: commit.atMs, ...pointOf(tileSize, commit.tile, pixel.position), color: pixel.color })
      const known = profiles.get(pixel.by)
      profiles.set(pixel.by, known ? mergeProfiles(known, added) : added)
    }
  }
  return profiles
}
