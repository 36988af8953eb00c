/**
 * Late commits: a transaction that read its board before the board was erased can be committed afterwards, because it writes nothing that the erasing
 * writes. Such a commit has the former epoch, so sequencing finds it, and drops it with its pixels.
 */
import mongoose from 'mongoose'
import { asCanvasId, asCommitId, asEpoch, asSeq, asTile } from '../../../lib/brand.ts'
import type { Canvas } from '../../../lib/canvas.ts'
import type { CommitPixel } from '../../../lib/commit.ts'
import { planDeadLetter } from '../../../lib/dead-letter.ts'
import { isErased } from '../../../lib/erasing.ts'
import { tryDecodeContent } from '../entry-content.ts'
import { encodePixelBlob } from '../pixel-blob.ts'
import { inside } from './command-options.ts'
import type { OutboxDocument } from './document-types.ts'
import { canvasOf } from './mongo-canvases.ts'
import type { MongoContext } from './mongo-context.ts'

const entryOf = ({ canvas, tile, epoch }: OutboxDocument) => ({ canvas: asCanvasId(canvas), tile: asTile(tile), epoch: asEpoch(epoch) })
const pixelsOf = ({ kind, pixels }: OutboxDocument): readonly CommitPixel[] => tryDecodeContent(kind, pixels.buffer)?.pixels ?? []

/** Whether a commit is of an erased board: `erasing` while its rows are removed, `late` afterwards. Null for others. Reads each canvas once. */
export const createErasedReader = ({ collections: { canvases } }: MongoContext, options: mongoose.mongo.FindOptions) => {
  const known = new Map<string, Canvas | null>()
  return async (document: OutboxDocument): Promise<'erasing' | 'late' | null> => {
    const id = document.canvas
    if (!known.has(id)) known.set(id, canvasOf(await canvases.findOne({ _id: id }, options)))
    const canvas = known.get(id) ?? null
    if (!isErased(canvas, entryOf(document))) return null
    return canvas?.erasing ? 'erasing' : 'late'
  }
}

/** One transaction. It can be repeated. */
export const dropLate = (context: MongoContext, document: OutboxDocument): Promise<void> =>
  context.transaction(async (session) => {
    const { canvases, outbox, pixels: rows, painters } = context.collections
    const { canvas: id, tile, at } = document
    const canvas = canvasOf(await canvases.findOne({ _id: id }, inside(session)))
    if (!isErased(canvas, entryOf(document)) || canvas?.erasing) return
    if ((await outbox.deleteOne({ _id: document._id, unsequenced: true }, inside(session))).deletedCount === 0) return
    const pixels = pixelsOf(document)
    const keyOf = ({ position }: Pick<CommitPixel, 'position'>) => `${id}/${tile}/${position}`
    const stored = await rows.find({ _id: { $in: pixels.map(keyOf) } }, inside(session)).toArray()
    await rows.deleteMany({ _id: { $in: stored.filter((row) => row.at === at).map(({ _id }) => _id) } }, inside(session))
    if (!canvas) {
      await painters.updateMany({ _id: { $in: pixels.map(({ by }) => by) } }, { $unset: { [`charges.${id}`]: '' } }, inside(session))
      return
    }
    // Whoever has painted over it replaced the background.
    const { cause } = document
    const { isOpen, relink } = planDeadLetter(
      {
        ...entryOf(document),
        ...{ id: asCommitId(document._id), seq: asSeq(0), atMs: at, cause },
        pixels: pixels.map((pixel) => ({ ...pixel, previous: canvas.background })),
      },
      { rowAtMs: (position) => stored.find((row) => row.position === position)?.at ?? null, nowMs: at },
    )
    if (!isOpen()) return
    for await (const later of outbox.find({ canvas: id, tile, epoch: canvas.epoch }, inside(session)).sort({ at: 1, _id: 1 })) {
      const relinked = relink(pixelsOf(later))
      const blob = relinked && new mongoose.mongo.Binary(Buffer.from(encodePixelBlob(relinked)))
      if (blob) await outbox.updateOne({ _id: later._id }, { $set: { pixels: blob } }, inside(session))
      if (!isOpen()) return
    }
  })
