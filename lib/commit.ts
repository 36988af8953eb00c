import type { CanvasId, CommitId, Epoch, PainterId, PlacementId, Position, Seq, TileNumber } from './brand.ts'
import { asCommitId, asPlacementId } from './brand.ts'

/** At most this many placements go into one commit. */
export const maxCommitPixels = 4_096

/** Why a commit exists. Stored data and the protocol call this field `cause`, so the objects do, too. */
export const commitKinds = ['paint', 'undo', 'rollback', 'fill', 'picture', 'skipped'] as const
export type CommitKind = (typeof commitKinds)[number]

export interface CommitPixel {
  readonly position: Position
  readonly color: number
  /** The colour that this one replaced: what undoes the commit. */
  readonly previous: number
  readonly by: PainterId
}

/** The placements of one tile that one transaction saved, no pixel twice. Its `at` is in milliseconds since the Unix epoch. */
export interface Commit {
  readonly id: CommitId
  readonly canvas: CanvasId
  readonly epoch: Epoch
  readonly tile: TileNumber
  readonly atMs: number
  readonly cause: CommitKind
  readonly pixels: readonly CommitPixel[]
  /** The content of an entry whose kind this version does not know. Then `pixels` is empty, and the content is carried unchanged. */
  readonly unknown?: UnknownContent
}

/** What a newer version put into an outbox entry instead of pixels. */
export interface UnknownContent {
  readonly kind: string
  readonly bytes: Uint8Array
}

export interface SequencedCommit extends Commit {
  readonly seq: Seq
}

export const placementId = (commit: CommitId, index: number): PlacementId => asPlacementId(`${commit}.${index}`)

/** The commit and the index that a placement's id names, or null when it is no such id. */
export const parsePlacementId = (id: string): { commit: CommitId; index: number } | null => {
  const match = /^([0-9a-z-]{8,64})\.(0|[1-9][0-9]{0,3})$/.exec(id)
  if (!match?.[1] || !match[2]) return null
  const index = Number(match[2])
  return index < maxCommitPixels ? { commit: asCommitId(match[1]), index } : null
}
