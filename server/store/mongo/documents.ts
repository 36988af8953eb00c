import { asCanvasId, asCommitId, asEpoch, asSeq, asTile } from '../../../lib/brand.ts'
import type { SequencedCommit } from '../../../lib/commit.ts'
import { decodePixelBlob } from '../pixel-blob.ts'
import type { OutboxDocument } from './schemas.ts'

/** A commit without its pixels; null while it has no number. */
export const metaOf = (document: OutboxDocument): Omit<SequencedCommit, 'pixels'> | null =>
  document.seq === undefined
    ? null
    : {
        id: asCommitId(document._id),
        canvas: asCanvasId(document.canvas),
        tile: asTile(document.tile),
        epoch: asEpoch(document.epoch),
        atMs: document.at,
        cause: document.cause,
        seq: asSeq(document.seq),
      }

/** Null while the commit has no number. */
export const sequencedOf = (document: OutboxDocument): SequencedCommit | null => {
  const meta = metaOf(document)
  return meta && { ...meta, pixels: decodePixelBlob(document.pixels.buffer) }
}
