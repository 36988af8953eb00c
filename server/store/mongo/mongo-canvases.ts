/** Canvases on MongoDB. */
import type { ClientSession } from 'mongoose'
import type { CanvasId } from '../../../lib/brand.ts'
import { type Canvas, canvasLimits } from '../../../lib/canvas.ts'
import { type CanvasUpdate, type CanvasUpdateOutcome, controlTile, planCanvasUpdate } from '../../../lib/control-log.ts'
import { isGone } from '../../../lib/erasing.ts'
import { firstCommitId } from '../../../lib/plan-group.ts'
import type { CanvasCreation } from '../port.ts'
import { followedFromCreation, followedName } from '../webhooks-port.ts'
import { durable, inside, majority } from './command-options.ts'
import type { CanvasDocument } from './document-types.ts'
import { unsequencedDocument } from './documents.ts'
import { isDuplicateKey, type MongoContext } from './mongo-context.ts'
import { durableHeadKey, readHead } from './tile-head.ts'

export const canvasOf = (document: CanvasDocument | null): Canvas | null => (document ? (JSON.parse(document.body) as Canvas) : null)

const followedValue = (canvas: Canvas) => ({ value: JSON.stringify(followedFromCreation(canvas)) })

/** A setting that each creation writes, so that two of them conflict and the number of canvases stays exact. */
const lastCreatedName = 'last-created-canvas'

/** Saves a changed canvas and its entry, inside a transaction. */
export const saveChange = async (
  { canvases, outbox }: Pick<MongoContext['collections'], 'canvases' | 'outbox'>,
  { canvas, entry }: ReturnType<typeof planCanvasUpdate>,
  session: ClientSession,
) => {
  await canvases.updateOne({ _id: canvas.id }, { $set: { body: JSON.stringify(canvas) } }, inside(session))
  await outbox.insertOne(unsequencedDocument(entry), inside(session))
}

/** The control log goes on in a new epoch, because the seqs of its former entries are in use until those are removed. */
const continueLog = async (
  collections: Pick<MongoContext['collections'], 'outbox' | 'tails'>,
  { from, to }: { from: Canvas; to: Canvas },
  session: ClientSession,
) => {
  const log = { canvas: to.id, tile: controlTile }
  const tail = await readHead(collections, { ...log, epoch: from.epoch }, session)
  if (tail === 0) return
  await collections.tails.insertOne({ _id: durableHeadKey({ ...log, epoch: to.epoch }), ...log, epoch: to.epoch, tail }, inside(session))
}

export const mongoCanvases = ({ collections: { canvases, outbox, settings, tails }, now, transaction }: MongoContext) => ({
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
      await settings.updateOne({ _id: followedName(canvas.id) }, { $setOnInsert: followedValue(canvas) }, { ...durable, upsert: true })
      return canvas
    } catch (error) {
      if (!isDuplicateKey(error)) throw error
      return canvasOf(await canvases.findOne({ _id: canvas.id }, majority)) ?? canvas
    }
  },

  async createCanvas(canvas: Canvas): Promise<CanvasCreation> {
    // The document exists before the transactions, because two inserts of it fail instead of being tried again.
    await settings.updateOne({ _id: lastCreatedName }, { $setOnInsert: { value: '' } }, { upsert: true, ...durable })
    return transaction(async (session): Promise<CanvasCreation> => {
      const others = await canvases.find({}, inside(session)).sort({ made: -1 }).toArray()
      const stored = canvasOf(others.find(({ _id }) => _id === canvas.id) ?? null)
      // The transaction may run again after a commit whose reply was lost.
      if (stored) return stored.epoch === canvas.epoch ? 'created' : 'exists'
      if (others.length >= canvasLimits.maxCanvases) return 'limit'
      await settings.updateOne({ _id: lastCreatedName }, { $set: { value: canvas.epoch } }, inside(session))
      const made = Math.max(now(), (others[0]?.made ?? 0) + 1)
      await canvases.insertOne({ _id: canvas.id, made, body: JSON.stringify(canvas) }, inside(session))
      await settings.updateOne({ _id: followedName(canvas.id) }, { $set: followedValue(canvas) }, { ...inside(session), upsert: true })
      return 'created'
    })
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
      if (isGone(canvas)) return { kind: 'not_found' }
      if (canvas.rev !== update.rev) return { kind: 'stale', canvas }
      const plan = planCanvasUpdate(canvas, update)
      if (plan.canvas.epoch !== canvas.epoch) await continueLog({ outbox, tails }, { from: canvas, to: plan.canvas }, session)
      await saveChange({ canvases, outbox }, plan, session)
      return { kind: 'updated', canvas: plan.canvas }
    }),
})
