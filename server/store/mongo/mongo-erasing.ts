/**
 * Removes the rows of erased boards on MongoDB, in parts. Each part is one transaction that reads the canvas as well: a suspended process that goes on
 * when the board is painted again then conflicts, and removes nothing new.
 *
 * A projection that read its board before the erasing may be committed afterwards, and statistics have no epoch. So each cursor is written first: a
 * projection writes its cursor as well, and then conflicts.
 */
import type mongoose from 'mongoose'
import type { ClientSession } from 'mongoose'
import { asTile, type CanvasId, type Epoch } from '../../../lib/brand.ts'
import type { Canvas } from '../../../lib/canvas.ts'
import { controlTile } from '../../../lib/control-log.ts'
import { type EraseStep, firstPlace, nothingLeft, placeAfter, type StepDone } from '../erase-steps.ts'
import type { ErasePlace, Store } from '../port.ts'
import { logProjections } from '../projections-port.ts'
import { followedName } from '../webhooks-port.ts'
import { long } from './command-options.ts'
import { canvasOf } from './mongo-canvases.ts'
import type { MongoContext } from './mongo-context.ts'
import { unsequencedOnly } from './schemas.ts'

type Step = (canvas: Canvas, session: ClientSession) => EraseStep<Promise<StepDone>>

const { inside } = long
/** A snapshot can be a megabyte. */
const snapshotsAtOnce = 8

export const mongoErasing = (context: MongoContext) => {
  const { canvases, outbox, tails, cursors, settings } = context.collections
  const steps = createSteps(context)
  return {
    eraseRows: ({ id, limit, from }: Parameters<Store['eraseRows']>[0]): ReturnType<Store['eraseRows']> =>
      context.transaction(async (session) => {
        const canvas = canvasOf(await canvases.findOne({ _id: id }, inside(session)))
        let [removed, next]: [number, ErasePlace | null] = [0, from ?? firstPlace]
        while (canvas?.erasing != null && next && removed < limit) {
          const done = await steps[next.step]?.(canvas, session)({ limit: limit - removed, after: next.after })
          removed += done?.removed ?? 0
          next = placeAfter(next, done ?? nothingLeft, steps.length)
        }
        return { removed, next: canvas?.erasing == null ? null : next }
      }),

    removeCanvas: ({ id, epoch }: { id: CanvasId; epoch: Epoch }): Promise<boolean> =>
      context.transaction(async (session) => {
        const canvas = canvasOf(await canvases.findOne({ _id: id }, inside(session)))
        if (canvas?.erasing !== 'delete' || canvas.epoch !== epoch) return false
        await outbox.deleteMany({ canvas: id, seq: { $gt: 0 } }, inside(session))
        await outbox.deleteMany({ ...unsequencedOnly, canvas: id }, inside(session))
        await tails.deleteMany({ canvas: id }, inside(session))
        await cursors.deleteMany({ canvas: id }, inside(session))
        await canvases.deleteOne({ _id: id }, inside(session))
        await settings.deleteOne({ _id: followedName(id) }, inside(session))
        return true
      }),
  }
}

const createSteps = (context: MongoContext): readonly Step[] => {
  const { outbox, deadLetters, pixels, history, snapshots, stats, profiles, tails, templates, templatePictures, templateProgress } =
    context.collections

  /** The control log goes on in the new epoch. */
  const remove =
    <Document extends { _id: string; canvas: string }>(
      collection: mongoose.mongo.Collection<Document>,
      filterOf: (canvas: Canvas) => object = () => ({}),
      atOnce = Number.POSITIVE_INFINITY,
    ): Step =>
    (canvas, session) =>
    async ({ limit }) => {
      const most = Math.min(limit, atOnce)
      const filter = { canvas: canvas.id, ...filterOf(canvas) } as unknown as mongoose.mongo.Filter<Document>
      const found = await collection
        .find(filter, { ...inside(session), projection: { _id: 1 } })
        .limit(most)
        .toArray()
      const ids = { _id: { $in: found.map(({ _id }) => _id) } } as unknown as mongoose.mongo.Filter<Document>
      const { deletedCount } = found.length === 0 ? { deletedCount: 0 } : await collection.deleteMany(ids, inside(session))
      return { removed: deletedCount, after: found.length < most ? null : '' }
    }
  const erased = ({ epoch }: Canvas) => ({ $nor: [{ tile: controlTile, epoch }] })

  return [
    createCursorStep(context),
    remove(deadLetters, erased),
    remove(outbox, (canvas) => ({ ...unsequencedOnly, ...erased(canvas) })),
    remove(outbox, (canvas) => ({ seq: { $gt: 0 }, ...erased(canvas) })),
    remove(pixels),
    remove(history),
    remove(snapshots, () => ({}), snapshotsAtOnce),
    remove(stats),
    remove(profiles),
    remove(templatePictures, () => ({}), snapshotsAtOnce),
    remove(templateProgress),
    remove(templates),
    remove(tails, erased),
    createChargesStep(context),
  ]
}

/** Every tile that a projection can have begun has a durable head or an unpublished commit. */
const createCursorStep = ({ collections: { outbox, tails, cursors } }: MongoContext): Step => {
  return ({ id, epoch }, session) =>
    async ({ limit, after }) => {
      const known = [
        await tails.distinct('tile', { canvas: id }, inside(session)),
        await outbox.distinct('tile', { unpublished: true, canvas: id }, inside(session)),
        await cursors.distinct('tile', { canvas: id }, inside(session)),
      ]
      const tiles = [...new Set(known.flat().map(Number))].filter((tile) => tile > Number(after || -1)).sort((a, b) => a - b)
      const part = tiles.slice(0, limit)
      const updates = part.flatMap((tile) =>
        logProjections.map((name) => ({
          updateOne: {
            filter: { _id: `${name}/${id}/${tile}` },
            update: { $set: { name, canvas: id, tile: asTile(tile), epoch, seq: 0 } },
            upsert: true,
          },
        })),
      )
      if (updates.length > 0) await cursors.bulkWrite(updates, { ...inside(session), ordered: false })
      return { removed: 0, after: part.length < tiles.length ? String(part.at(-1)) : null }
    }
}

const createChargesStep = ({ collections: { painters } }: MongoContext): Step => {
  return ({ id }, session) =>
    async ({ limit, after }) => {
      const field = `charges.${id}`
      const found = await painters
        .find({ _id: { $gt: after }, [field]: { $exists: true } }, { ...inside(session), projection: { _id: 1 } })
        .sort({ _id: 1 })
        .limit(limit)
        .toArray()
      const ids = found.map(({ _id }) => _id)
      if (ids.length > 0) await painters.updateMany({ _id: { $in: ids } }, { $unset: { [field]: '' } }, inside(session))
      return { removed: ids.length, after: ids.length < limit ? null : (ids.at(-1) ?? null) }
    }
}
