/** Canvases on MongoDB. */
import type { CanvasId } from '../../../lib/brand.ts'
import type { Canvas } from '../../../lib/canvas.ts'
import { type CanvasUpdate, type CanvasUpdateOutcome, planCanvasUpdate } from '../../../lib/control-log.ts'
import { firstCommitId } from '../../../lib/plan-group.ts'
import { durable, inside, majority } from './command-options.ts'
import type { CanvasDocument } from './document-types.ts'
import { unsequencedDocument } from './documents.ts'
import { isDuplicateKey, type MongoContext } from './mongo-context.ts'

export const canvasOf = (document: CanvasDocument | null): Canvas | null => (document ? (JSON.parse(document.body) as Canvas) : null)

export const mongoCanvases = ({ collections: { canvases, outbox }, now, transaction }: MongoContext) => ({
  async ensureCanvas(canvas: Canvas): Promise<Canvas> {
    // Later than the newest canvas, also within one millisecond, because canvases are listed in this order.
    const newest = await canvases
      .find({}, { ...majority, projection: { made: 1 } })
      .sort({ made: -1 })
      .limit(1)
      .next()
    const made = Math.max(now(), (newest?.made ?? 0) + 1)
    try {
      await canvases.insertOne({ _id: canvas.id, made, body: JSON.stringify(canvas) }, durable)
      return canvas
    } catch (error) {
      if (!isDuplicateKey(error)) throw error
      return canvasOf(await canvases.findOne({ _id: canvas.id }, majority)) ?? canvas
    }
  },

  async listCanvases(): Promise<Canvas[]> {
    const documents = await canvases.find({}, majority).sort({ made: 1, _id: 1 }).toArray()
    return documents.flatMap((document) => canvasOf(document) ?? [])
  },

  async getCanvas(id: CanvasId): Promise<Canvas | null> {
    return canvasOf(await canvases.findOne({ _id: id }, majority))
  },

  updateCanvas: (update: CanvasUpdate): Promise<CanvasUpdateOutcome> =>
    transaction(async (session): Promise<CanvasUpdateOutcome> => {
      const canvas = canvasOf(await canvases.findOne({ _id: update.id }, inside(session)))
      if (!canvas) return { kind: 'not_found' }
      // The transaction may run again after a commit whose reply was lost.
      const isSaved = await outbox.findOne({ _id: firstCommitId(update.groupId) }, { ...inside(session), projection: { _id: 1 } })
      if (isSaved) return { kind: 'updated', canvas }
      if (canvas.rev !== update.rev) return { kind: 'stale', canvas }
      const { canvas: changed, entry } = planCanvasUpdate(canvas, update)
      await canvases.updateOne({ _id: changed.id }, { $set: { body: JSON.stringify(changed) } }, inside(session))
      await outbox.insertOne(unsequencedDocument(entry), inside(session))
      return { kind: 'updated', canvas: changed }
    }),
})
