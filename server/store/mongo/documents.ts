import mongoose from 'mongoose'
import { asCanvasId, asCommitId, asEpoch, asSeq, asTile } from '../../../lib/brand.ts'
import type { Commit, SequencedCommit } from '../../../lib/commit.ts'
import { decodeContent, encodeContent, tryDecodeContent } from '../entry-content.ts'
import type { UnpublishedCommit } from '../port.ts'
import type { OutboxDocument } from './document-types.ts'

export const unsequencedDocument = (commit: Commit): OutboxDocument => {
  const { id, canvas, tile, epoch, atMs, cause } = commit
  const { kind, bytes } = encodeContent(commit)
  const pixels = new mongoose.mongo.Binary(Buffer.from(bytes))
  const document = { _id: id, canvas, tile, epoch, at: atMs, cause, pixels, unsequenced: true, attempts: 0 } as const
  return kind === null ? document : { ...document, kind }
}

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
