import type { CanvasId, CommitId, Epoch, PainterId, PlacementId, Position, Seq, TileNumber } from './brand.ts'
import { asCommitId, asPlacementId } from './brand.ts'

/** At most this many placements go into one commit. */
export const maxCommitPixels = 4_096

/** Why a commit exists. The objects call it `cause`, as stored data and the protocol do. */
export const commitKinds = ['paint', 'undo', 'rollback', 'fill', 'picture', 'skipped'] as const
export type CommitKind = (typeof commitKinds)[number]

export interface CommitPixel {
  readonly position: Position
  readonly color: number
  /** The color that this one replaced, for undoing the commit. */
  readonly previous: number
  /** The owner. After an undo, the owner of what stands below, or `nobody`. */
  readonly by: PainterId
  /** Of an undo: the placement that it took back. */
  readonly undoes?: Undone
}

/** An undone placement: its painter, `nobody` if it became a dead letter, and its time, which no other entry of the pixel has. */
export interface Undone {
  readonly by: PainterId
  readonly atMs: number
}

/** The placements of one tile that one transaction saved, each position at most once. `atMs` is since the Unix epoch. */
export interface Commit {
  readonly id: CommitId
  readonly canvas: CanvasId
  readonly epoch: Epoch
  readonly tile: TileNumber
  readonly atMs: number
  readonly cause: CommitKind
  readonly pixels: readonly CommitPixel[]
  /** The content of an entry without pixels. Readers ignore the kinds that they do not support, and the content stays unchanged. */
  readonly content?: EntryContent
}

/** `kind` is `control` (`control-log.ts`), or one that only a newer version supports. */
export interface EntryContent {
  readonly kind: string
  readonly bytes: Uint8Array
}

export interface SequencedCommit extends Commit {
  readonly seq: Seq
}

export const placementId = (commit: CommitId, index: number): PlacementId => asPlacementId(`${commit}.${index}`)

/** Null if the text is not the id of a placement. */
export const parsePlacementId = (id: string): { commit: CommitId; index: number } | null => {
  const match = /^([0-9a-z-]{8,64})\.(0|[1-9][0-9]{0,3})$/.exec(id)
  if (!match?.[1] || !match[2]) return null
  const index = Number(match[2])
  return index < maxCommitPixels ? { commit: asCommitId(match[1]), index } : null
}
