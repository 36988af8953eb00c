/** Rows as SQLite gives them, and what they become. */
import { asCanvasId, asCommitId, asEpoch, asSeq, asTile } from '../../../lib/brand.ts'
import type { Canvas } from '../../../lib/canvas.ts'
import type { CommitKind, SequencedCommit } from '../../../lib/commit.ts'
import { decodeContent, tryDecodeContent } from '../entry-content.ts'
import type { UnpublishedCommit } from '../port.ts'

export interface OutboxRow {
  readonly id: string
  readonly canvas: string
  readonly tile: number
  readonly epoch: string
  readonly at: number
  readonly cause: string
  readonly pixels: Uint8Array
  readonly seq: number
  /** What the entry holds; null for pixels. */
  readonly kind: string | null
}

/** A commit without its pixels. */
export const metaOf = (row: OutboxRow): Omit<SequencedCommit, 'pixels'> => ({
  id: asCommitId(row.id),
  canvas: asCanvasId(row.canvas),
  tile: asTile(row.tile),
  epoch: asEpoch(row.epoch),
  atMs: row.at,
  cause: row.cause as CommitKind,
  seq: asSeq(row.seq),
})

export const sequencedOf = (row: OutboxRow): SequencedCommit => ({ ...metaOf(row), ...decodeContent(row.kind, row.pixels) })

/** Never throws: one entry that cannot be decoded must not hold up the others. */
export const unpublishedOf = (row: OutboxRow, attempts: number): UnpublishedCommit => {
  const content = tryDecodeContent(row.kind, row.pixels)
  return { ...metaOf(row), attempts, ...(content ?? { pixels: [], isUnreadable: true }) }
}

export const canvasOf = (row: Record<string, unknown> | undefined): Canvas | null =>
  row ? (JSON.parse(String(row['body'])) as Canvas) : null
