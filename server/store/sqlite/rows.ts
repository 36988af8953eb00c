/** Rows as SQLite gives them, and what they become. */
import { asCanvasId, asCommitId, asEpoch, asSeq, asTile } from '../../../lib/brand.ts'
import type { Canvas } from '../../../lib/canvas.ts'
import type { CommitKind, SequencedCommit } from '../../../lib/commit.ts'
import { decodePixelBlob } from '../pixel-blob.ts'

export interface OutboxRow {
  readonly id: string
  readonly canvas: string
  readonly tile: number
  readonly epoch: string
  readonly at: number
  readonly cause: string
  readonly pixels: Uint8Array
  readonly seq: number
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

export const sequencedOf = (row: OutboxRow): SequencedCommit => ({ ...metaOf(row), pixels: decodePixelBlob(row.pixels) })

export const canvasOf = (row: Record<string, unknown> | undefined): Canvas | null =>
  row ? (JSON.parse(String(row['body'])) as Canvas) : null
