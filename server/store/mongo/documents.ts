import { asCanvasId, asCommitId, asEpoch, asSeq, asTile } from '../../../lib/brand.ts'
import type { SequencedCommit } from '../../../lib/commit.ts'
import { decodeContent, tryDecodeContent } from '../entry-content.ts'
import type { UnpublishedCommit } from '../port.ts'
import type { OutboxDocument } from './document-types.ts'

/** A commit without its pixels. Null while it has no seq. */
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

/** Null while the commit has no seq. */
export const sequencedOf = (document: OutboxDocument): SequencedCommit | null => {
  const meta = metaOf(document)
  return meta && { ...meta, ...decodeContent(document.kind, document.pixels.buffer) }
}

/** Never throws, so an entry that cannot be decoded does not delay the others. */
export const unpublishedOf = (document: OutboxDocument, attempts: number): UnpublishedCommit | null => {
  const meta = metaOf(document)
  const content = tryDecodeContent(document.kind, document.pixels.buffer)
  return meta && { ...meta, attempts, ...(content ?? { pixels: [], isUnreadable: true }) }
}
