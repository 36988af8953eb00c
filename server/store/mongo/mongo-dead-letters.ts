/**
 * Attempts, dead letters, and the pause of publishing, on MongoDB. A change of several documents is one transaction and follows a plan of
 * `lib/dead-letter.ts`.
 */
import mongoose, { type ClientSession } from 'mongoose'
import {
  asCanvasId,
  asCommitId,
  asEpoch,
  asPosition,
  asSeq,
  asTile,
  type CanvasId,
  type CommitId,
  type Position,
} from '../../../lib/brand.ts'
import type { CommitPixel } from '../../../lib/commit.ts'
import { controlKind, planAnnounceAgain } from '../../../lib/control-log.ts'
import {
  type AddedCommit,
  type DeadLetter,
  type PixelRow,
  planDeadLetter,
  planRequeue,
  type Retried,
  type StuckCommit,
  suspectFrom,
} from '../../../lib/dead-letter.ts'
import { isErased } from '../../../lib/erasing.ts'
import { firstCommitId } from '../../../lib/plan-group.ts'
import { tileKey } from '../../../lib/tile-key.ts'
import { tryDecodeContent } from '../entry-content.ts'
import { encodePixelBlob } from '../pixel-blob.ts'
import { type Attempted, StoreError } from '../port.ts'
import { atMost, durable, inside, majority } from './command-options.ts'
import type { DeadLetterDocument } from './document-types.ts'
import { metaOf, sequencedOf } from './documents.ts'
import { canvasOf, saveChange } from './mongo-canvases.ts'
import type { MongoContext } from './mongo-context.ts'
import { pixelKey } from './mongo-placing.ts'

const maxErrorLength = 500
const pausedName = 'publishing-paused'
const checkName = 'write-check'
/** Documents read for the list: after a batch failed as a whole, each of its commits has attempts. */
const maxStuckRead = 10_000
const blobOf = (pixels: readonly CommitPixel[]) => new mongoose.mongo.Binary(Buffer.from(encodePixelBlob(pixels)))

const deadLetterOf = (document: DeadLetterDocument): DeadLetter => ({
  id: asCommitId(document._id),
  canvas: asCanvasId(document.canvas),
  epoch: asEpoch(document.epoch),
  tile: asTile(document.tile),
  seq: asSeq(document.seq),
  atMs: document.at,
  cause: document.cause,
  pixels: [],
  ...tryDecodeContent(document.kind, document.pixels.buffer),
  attempts: document.attempts,
  error: document.error,
  diedAtMs: document.diedAt,
  restoredAtMs: document.restoredAt,
})

export const mongoDeadLetters = (context: MongoContext) => {
  const { canvases, pixels: pixelRows, outbox, deadLetters, settings } = context.collections

  const readRows = async ({ canvas, tile, pixels }: Pick<DeadLetter, 'canvas' | 'tile' | 'pixels'>, session: ClientSession) => {
    const ids = pixels.map(({ position }) => pixelKey(canvas, tile, position))
    const found = await pixelRows.find({ _id: { $in: ids } }, inside(session)).toArray()
    const rows = new Map<Position, PixelRow>(
      found.map(({ position, color, at, cause }) => [asPosition(position), { color, atMs: at, cause }]),
    )
    return (position: Position) => rows.get(position) ?? null
  }

  const isErasedHere = async (commit: Pick<DeadLetter, 'canvas' | 'tile' | 'epoch'>, session: ClientSession) =>
    isErased(canvasOf(await canvases.findOne({ _id: commit.canvas }, inside(session))), commit)

  /** Adds nothing when there are no pixels. */
  const addCommit = async (ref: Pick<DeadLetter, 'canvas' | 'tile' | 'epoch'>, added: AddedCommit, session: ClientSession) => {
    const { canvas, tile } = ref
    const { groupId, cause, rowKind, atMs, pixels } = added
    if (pixels.length === 0) return
    const epoch = canvasOf(await canvases.findOne({ _id: canvas }, inside(session)))?.epoch ?? ref.epoch
    await pixelRows.bulkWrite(
      pixels.map(({ position, color, by }) => ({
        replaceOne: {
          filter: { _id: pixelKey(canvas, tile, position) },
          replacement: { canvas, tile, position, color, by, at: atMs, cause: rowKind },
          upsert: true,
        },
      })),
      { ...inside(session), ordered: false },
    )
    const commit = { _id: firstCommitId(groupId), canvas, tile, epoch, at: atMs, cause, pixels: blobOf(pixels) }
    await outbox.insertOne({ ...commit, unsequenced: true, attempts: 0 }, inside(session))
  }

  const announceAgain = async (id: CanvasId, options: { groupId: string; nowMs: number }, session: ClientSession): Promise<Retried> => {
    const canvas = canvasOf(await canvases.findOne({ _id: id }, inside(session)))
    if (!canvas) return { placed: 0 }
    const plan = planAnnounceAgain(canvas, options)
    await saveChange({ canvases, outbox }, plan, session)
    return { placed: 0, rev: plan.canvas.rev }
  }

  return {
    async countAttempts(commits: readonly Attempted[]) {
      const { leftOut } = await context.heldTiles.write(commits, (counted, maxTimeMS) => {
        const updates = counted.map(({ id, attempts }) => ({
          updateOne: { filter: { _id: id, unpublished: true as const, attempts }, update: { $set: { attempts: attempts + 1 } } },
        }))
        return outbox.bulkWrite(updates, { ordered: false, ...atMost(maxTimeMS).durable })
      })
      if (leftOut) throw new StoreError('unavailable', 'A transaction holds commits whose attempts are to be counted.')
    },

    async noteFailure({ ids, error, uncount }: { ids: readonly CommitId[]; error: string; uncount: boolean }) {
      if (ids.length === 0) return
      await outbox.updateMany(
        { _id: { $in: [...ids] }, unpublished: true, ...(uncount ? { attempts: { $gt: 0 } } : {}) },
        { $set: { lastError: error.slice(0, maxErrorLength) }, ...(uncount ? { $inc: { attempts: -1 } } : {}) },
        durable,
      )
    },

    async listStuck({ limit }: { limit: number }): Promise<StuckCommit[]> {
      const tried = { unpublished: true as const, attempts: { $gte: suspectFrom } }
      const documents = await outbox
        .find(tried, { ...majority, projection: { pixels: 0 } })
        .sort({ canvas: 1, tile: 1, seq: 1 })
        .limit(maxStuckRead)
        .toArray()
      const firsts = new Map<string, StuckCommit>()
      for (const document of documents) {
        const meta = metaOf(document)
        if (!meta || firsts.has(tileKey(meta))) continue
        const { id, canvas, tile, seq, atMs, cause } = meta
        const { attempts, lastError: error = null } = document
        firsts.set(tileKey(meta), { id, canvas, tile, seq, atMs, cause, attempts, error })
      }
      return [...firsts.values()].sort((one, other) => one.atMs - other.atMs || one.id.localeCompare(other.id)).slice(0, limit)
    },

    async resetAttempts(id: CommitId) {
      const change = { $set: { attempts: 0 }, $unset: { lastError: '' as const } }
      return (await outbox.updateOne({ _id: id, unpublished: true }, change, durable)).matchedCount > 0
    },

    moveToDeadLetters: ({
      id,
      attempts,
      groupId,
      nowMs,
    }: {
      id: CommitId
      attempts: number
      groupId: string
      nowMs: number
    }): Promise<boolean> =>
      context.transaction(async (session) => {
        const document = await outbox.findOne({ _id: id, unpublished: true, attempts, cause: { $ne: 'skipped' } }, inside(session))
        const commit = document && sequencedOf(document)
        if (!document || !commit || (await isErasedHere(commit, session))) return false
        const { canvas, tile, seq, atMs } = commit
        const rowAt = await readRows(commit, session)
        const deadLetterPlan = planDeadLetter(commit, { rowAtMs: (position) => rowAt(position)?.atMs ?? null, nowMs })
        const { epoch, at, cause, pixels, kind, lastError: error = null } = document
        const restoredAt = deadLetterPlan.restored.atMs
        const deadLetter = {
          _id: id,
          canvas,
          tile,
          epoch,
          seq,
          at,
          cause,
          pixels,
          attempts,
          error,
          diedAt: nowMs,
          restoredAt,
          ...(kind === undefined ? {} : { kind }),
        }
        await deadLetters.insertOne(deadLetter, inside(session))
        const laterOnes = [
          outbox.find({ canvas, tile, seq: { $gt: seq } }, inside(session)).sort({ seq: 1 }),
          outbox.find({ unsequenced: true, canvas, tile, at: { $gt: atMs } }, inside(session)).sort({ at: 1, _id: 1 }),
        ]
        for (const cursor of laterOnes) {
          if (!deadLetterPlan.isOpen()) break
          for (const later of await cursor.toArray()) {
            const content = tryDecodeContent(later.kind, later.pixels.buffer)
            const relinked = content && deadLetterPlan.relink(content.pixels)
            if (relinked) await outbox.updateOne({ _id: later._id }, { $set: { pixels: blobOf(relinked) } }, inside(session))
          }
        }
        await addCommit(commit, { groupId, cause: 'rollback', rowKind: 'skipped', ...deadLetterPlan.restored }, session)
        await outbox.updateOne(
          { _id: id },
          { $set: { cause: 'skipped', pixels: blobOf([]), attempts: 0 }, $unset: { kind: '' } },
          inside(session),
        )
        return true
      }),

    async listDeadLetters({ limit }: { limit: number }): Promise<DeadLetter[]> {
      const documents = await deadLetters.find({}, majority).sort({ diedAt: 1, _id: 1 }).limit(limit).toArray()
      return documents.map(deadLetterOf)
    },

    retryDeadLetter: ({ id, groupId, nowMs }: { id: CommitId; groupId: string; nowMs: number }): Promise<Retried | null> =>
      context.transaction(async (session): Promise<Retried | null> => {
        const isOurs = { $or: [{ kind: { $exists: false } }, { kind: controlKind }] }
        const document = await deadLetters.findOneAndDelete({ _id: id, ...isOurs }, inside(session))
        if (!document) return null
        const deadLetter = deadLetterOf(document)
        // The eraser would have removed it.
        if (await isErasedHere(deadLetter, session)) return null
        if (deadLetter.content) return announceAgain(deadLetter.canvas, { groupId, nowMs }, session)
        const { cause } = deadLetter
        const requeuePlan = planRequeue(deadLetter, { row: await readRows(deadLetter, session), nowMs })
        await addCommit(deadLetter, { groupId, cause, rowKind: cause, ...requeuePlan }, session)
        return { placed: requeuePlan.pixels.length }
      }),

    async discardDeadLetter(id: CommitId) {
      return (await deadLetters.deleteOne({ _id: id }, durable)).deletedCount > 0
    },

    async checkWritable() {
      await settings.updateOne({ _id: checkName }, { $set: { value: String(Date.now()) } }, { upsert: true, ...durable })
    },

    async isPublishingPaused() {
      return (await settings.findOne({ _id: pausedName }, majority))?.value === '1'
    },

    async pausePublishing(paused: boolean) {
      await settings.updateOne({ _id: pausedName }, { $set: { value: paused ? '1' : '0' } }, { upsert: true, ...durable })
    },
  }
}
