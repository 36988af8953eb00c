/** Canvases are few and change rarely, so a change is a compare-and-set on the whole document. */
import type { CanvasId } from '../../../lib/brand.ts'
import type { Canvas, CanvasChange } from '../../../lib/canvas.ts'
import { durable, majority } from './command-options.ts'
import type { CanvasDocument } from './document-types.ts'
import { isDuplicateKey, type MongoContext } from './mongo-context.ts'

export const canvasOf = (document: CanvasDocument | null): Canvas | null => (document ? (JSON.parse(document.body) as Canvas) : null)

export const mongoCanvases = ({ collections: { canvases }, now, pause }: MongoContext) => ({
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

  async updateCanvas(id: CanvasId, change: CanvasChange): Promise<Canvas | null> {
    for (let attempt = 1; ; attempt++) {
      const before = await canvases.findOne({ _id: id }, majority)
      const canvas = canvasOf(before)
      if (!before || !canvas) return null
      const changed = { ...canvas, ...change, rev: canvas.rev + 1 }
      const { matchedCount } = await canvases.updateOne(
        { _id: id, body: before.body },
        { $set: { body: JSON.stringify(changed) } },
        durable,
      )
      if (matchedCount === 1) return changed
      await pause(attempt)
    }
  },
})
