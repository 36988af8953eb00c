/**
 * Templates by link on MongoDB. Creations on one canvas write its document, so that they conflict with each other, which keeps the limits exact, and
 * with a change of the epoch. The progress of a template is one document, which exists exactly as long as the template: counts are saved without a
 * transaction, and a late one cannot outlive its template.
 */
import mongoose, { type ClientSession } from 'mongoose'
import { asCanvasId, asEpoch, asPainterId, asSeq, asTile, type CanvasId, type TileNumber } from '../../../lib/brand.ts'
import { hybridAt } from '../../../lib/clock.ts'
import { planTemplateEntry } from '../../../lib/control-log.ts'
import { type LinkedTemplate, templateLimits } from '../../../lib/linked-template.ts'
import { firstCommitId } from '../../../lib/plan-group.ts'
import type { ProgressSample } from '../../../lib/template-progress.ts'
import {
  type CountMove,
  isOfBoard,
  type TemplateChange,
  type TemplateCreated,
  type TemplateCreation,
  type TemplateStore,
  type TileCounts,
} from '../templates-port.ts'
import { durable, inside, majority } from './command-options.ts'
import type { TemplateDocument, TemplateProgressDocument } from './document-types.ts'
import { unsequencedDocument } from './documents.ts'
import { canvasOf } from './mongo-canvases.ts'
import type { MongoContext } from './mongo-context.ts'

const templateOf = ({ _id, canvas, epoch, by, created, changed, ...rest }: TemplateDocument): LinkedTemplate => ({
  id: _id,
  canvas: asCanvasId(canvas),
  epoch: asEpoch(epoch),
  ...rest,
  by: asPainterId(by),
  createdAtMs: created,
  changedAtMs: changed,
})

const documentOf = ({ id, createdAtMs, changedAtMs, ...rest }: LinkedTemplate): TemplateDocument => ({
  _id: id,
  ...rest,
  created: createdAtMs,
  changed: changedAtMs,
})

const countsOf = ({ _id, tiles }: Pick<TemplateProgressDocument, '_id' | 'tiles'>): TileCounts[] =>
  Object.entries(tiles ?? {}).map(([tile, { basis, seq, counts }]) => ({
    template: _id,
    tile: asTile(Number(tile)),
    count: { basis, seq: asSeq(seq), counts: JSON.parse(counts) },
  }))

/** Creations on one canvas conflict, and one of them is saved each time. */
const creationTries = { maxTries: 30 }

const binary = (bytes: Uint8Array) => new mongoose.mongo.Binary(Buffer.from(bytes))

export const mongoTemplates = ({ collections, transaction }: MongoContext): TemplateStore => {
  const { canvases, outbox, templates, templatePictures, templateProgress } = collections

  const announce = (
    { id, canvas, epoch }: LinkedTemplate,
    rev: number | null,
    { session, ...entry }: { groupId: string; nowMs: number; session: ClientSession },
  ) =>
    outbox.insertOne(
      unsequencedDocument(planTemplateEntry({ canvas: { id: canvas, epoch }, template: { id, rev }, ...entry })),
      inside(session),
    )

  /** The transaction may run again after a commit whose reply was lost. */
  const isSaved = async (groupId: string, session: ClientSession) =>
    (await outbox.findOne({ _id: firstCommitId(groupId) }, { ...inside(session), projection: { _id: 1 } })) !== null

  return {
    createTemplate: ({ template, bytes, maxOfPainter, groupId }: TemplateCreation) =>
      transaction(async (session): Promise<TemplateCreated> => {
        const { id, canvas, by } = template
        if (await isSaved(groupId, session)) return 'created'
        const { matchedCount } = await canvases.updateOne({ _id: canvas }, { $inc: { templates: 1 } }, inside(session))
        const board = matchedCount === 0 ? null : canvasOf(await canvases.findOne({ _id: canvas }, inside(session)))
        if (!board || !isOfBoard(template, board)) return 'gone'
        const all = await templates.find({ canvas }, { ...inside(session), projection: { by: 1 } }).toArray()
        if (all.length >= templateLimits.maxOfCanvas) return 'canvas_limit'
        if (maxOfPainter !== null && all.filter((other) => other.by === by).length >= maxOfPainter) return 'painter_limit'
        await templates.insertOne(documentOf(template), inside(session))
        await templatePictures.insertOne({ _id: id, canvas, rev: template.rev, bytes: binary(bytes) }, inside(session))
        await templateProgress.insertOne({ _id: id, canvas, tiles: {}, samples: '[]' }, inside(session))
        await announce(template, template.rev, { groupId, nowMs: template.changedAtMs, session })
        return 'created'
      }, creationTries),

    changeTemplate: ({ template, bytes, groupId }: TemplateChange) =>
      transaction(async (session): Promise<'changed' | 'stale' | 'not_found'> => {
        if (await isSaved(groupId, session)) return 'changed'
        const { _id, ...fields } = documentOf(template)
        const present = await templates.findOne({ _id }, inside(session))
        if (!present) return 'not_found'
        if (present.rev !== template.rev - 1) return 'stale'
        await templates.updateOne({ _id }, { $set: fields }, inside(session))
        const picture = { rev: template.rev, ...(bytes && { bytes: binary(bytes) }) }
        await templatePictures.updateOne({ _id }, { $set: picture }, inside(session))
        await announce(template, template.rev, { groupId, nowMs: template.changedAtMs, session })
        return 'changed'
      }),

    removeTemplate: ({ id, groupId, nowMs }) =>
      transaction(async (session) => {
        if (await isSaved(groupId, session)) return true
        const present = await templates.findOne({ _id: id }, inside(session))
        if (!present) return false
        await templates.deleteOne({ _id: id }, inside(session))
        await templatePictures.deleteOne({ _id: id }, inside(session))
        await templateProgress.deleteOne({ _id: id }, inside(session))
        await announce(templateOf(present), null, { groupId, nowMs: hybridAt(nowMs, present.changed), session })
        return true
      }),

    async getTemplate(id) {
      const found = await templates.findOne({ _id: id }, majority)
      return found && templateOf(found)
    },

    async getTemplatePicture(id) {
      const found = await templatePictures.findOne({ _id: id }, majority)
      return found && { rev: found.rev, bytes: Uint8Array.from(found.bytes.buffer) }
    },

    async listTemplates({ canvas, by }) {
      const found = await templates
        .find({ canvas, ...(by !== undefined && { by }) }, majority)
        .sort({ created: -1, _id: 1 })
        .toArray()
      return found.map(templateOf)
    },

    async readTileCounts({ canvas, tile }) {
      const found = await templateProgress
        .find({ canvas, [`tiles.${tile}`]: { $exists: true } }, { ...majority, projection: { [`tiles.${tile}`]: 1 } })
        .toArray()
      return found.flatMap(countsOf)
    },

    async readTemplateCounts(id) {
      const found = await templateProgress.findOne({ _id: id }, majority)
      return found ? countsOf(found) : []
    },

    async moveTemplateCounts(moves) {
      const updates = moves.map((move) => ({ updateOne: updateOf(move) }))
      if (updates.length > 0) await templateProgress.bulkWrite(updates, { ordered: false, ...durable })
    },

    async resetTemplateCounts(canvas: CanvasId) {
      await templateProgress.updateMany({ canvas }, { $set: { tiles: {} } }, durable)
    },

    async readTemplateSamples(id) {
      return JSON.parse(
        (await templateProgress.findOne({ _id: id }, { ...majority, projection: { samples: 1 } }))?.samples ?? '[]',
      ) as ProgressSample[]
    },

    async saveTemplateSamples({ id, samples }) {
      await templateProgress.updateOne({ _id: id }, { $set: { samples: JSON.stringify(samples) } }, durable)
    },
  }
}

const updateOf = ({ template, tile, from, to }: CountMove) => {
  const field = `tiles.${tile satisfies TileNumber}`
  const where = from ? { [`${field}.basis`]: from.basis, [`${field}.seq`]: from.seq as number } : { [field]: { $exists: false } }
  const { basis, seq, counts } = to
  return { filter: { _id: template, ...where }, update: { $set: { [field]: { basis, seq, counts: JSON.stringify(counts) } } } }
}
