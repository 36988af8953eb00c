import { asCanvasId, asCommitId, asEpoch, asSeq, asTile } from '../../../lib/brand.ts'
import type { SequencedCommit } from '../../../lib/commit.ts'
import { decodePixelBlob } from '../pixel-blob.ts'
import type { OutboxDocument } from './schemas.ts'

/** Null while the commit has no number. */
export const sequencedOf = (document: OutboxDocument): SequencedCommit | null =>
  document.seq === undefined
    ? null
    : {
        id: asCommitId(document._id),
        canvas: asCanvasId(document.canvas),
        tile: asTile(document.tile),
        epoch: asEpoch(document.epoch),
        atMs: document.at,
        cause: document.cause,
        pixels: decodePixelBlob(document.pixels.buffer),
        seq: asSeq(document.seq),
      }
