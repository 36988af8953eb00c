/**
 * Projections on MongoDB. Statistics and their cursor change in one transaction, because a count that is added twice is wrong. History needs no
 * transaction: saving a row again changes nothing, so the rows are saved first, and then the cursor moves if no other process has moved it.
 */
import mongoose, { type ClientSession } from 'mongoose'
import {
  asCanvasId,
  asEpoch,
  asPainterId,
  asPosition,
  asSeq,
  asTile,
  type CanvasId,
  type PainterId,
  type TileNumber,
} from '../../../lib/brand.ts'
import { isErased } from '../../../lib/erasing.ts'
import { nobody } from '../../../lib/painter.ts'
import { profilesOf } from '../../../lib/profile.ts'
import { type CellNumber, cellsByBlock, countStats, sumOfCells } from '../../../lib/stats.ts'
import { erasedMeanwhile } from '../erase-steps.ts'
import { StoreError } from '../port.ts'
import {
  type CanvasStats,
  type Cursor,
  type HistoryEntry,
  type LogProjectionName,
  type ProjectionStore,
  type Snapshot,
  type SnapshotInfo,
  type Standing,
  standsForNobody,
} from '../projections-port.ts'
import { long } from './command-options.ts'
import type { CursorDocument, HistoryDocument, SnapshotDocument, StatDocument } from './document-types.ts'
import { canvasOf } from './mongo-canvases.ts'
import { isDuplicateKey, isTransient, type MongoContext } from './mongo-context.ts'
import { pixelKey } from './mongo-placing.ts'
import { mongoProfiles } from './mongo-profiles.ts'

type Args<Method extends keyof ProjectionStore> = Parameters<ProjectionStore[Method]>[0]

/** Projectors of different tiles write the same minute and conflict. Each try counts all commits again, and the projector repeats the call anyway. */
const countingTries = { maxTries: 3 }

const { majority, durable, inside } = long

/** Rows of history in one command. Placements wait while a command runs. */
const rowsAtOnce = 250

const snapshotKey = ({ canvas, tile, epoch, seq }: SnapshotInfo) => `${canvas}/${tile}/${epoch}/${seq}`

const entryOf = ({ position, seq, epoch, at, color, previous, by, cause, undoes }: HistoryDocument): HistoryEntry => ({
  position: asPosition(position),
  seq: asSeq(seq),
  epoch: asEpoch(epoch),
  atMs: at,
  color,
  previous,
  by: asPainterId(by),
  cause,
  undoesAtMs: undoes ?? null,
})
export const cursorsOf = (documents: readonly CursorDocument[]) =>
  new Map(documents.map(({ tile, epoch, seq }): [TileNumber, Cursor] => [asTile(tile), { epoch: asEpoch(epoch), seq: asSeq(seq) }]))
const infoOf = ({ canvas, tile, epoch, seq, at }: Omit<SnapshotDocument, 'bytes'>): SnapshotInfo => ({
  canvas: asCanvasId(canvas),
  tile: asTile(tile),
  epoch: asEpoch(epoch),
  seq: asSeq(seq),
  atMs: at,
})

const cellsOf = (documents: readonly StatDocument[]): Map<CellNumber, number> => {
  const cells = new Map<CellNumber, number>()
  for (const { kind, key, placed, cells: ofBlock } of documents) {
    const counts = kind === 'cell' ? [[key, placed] as const] : Object.entries(ofBlock ?? {})
    for (const [cell, count] of counts) cells.set(Number(cell), (cells.get(Number(cell)) ?? 0) + count)
  }
  return cells
}

export const mongoProjections = (context: MongoContext): ProjectionStore => {
  const { canvases, cursors, history, stats, snapshots, pixels } = context.collections
  const profiles = mongoProfiles(context)

  const saveHistory = async ({ canvas, tile, epoch, commits }: Args<'project'>) => {
    const rows = commits.flatMap(({ seq, atMs: at, cause, pixels: changed }) =>
      changed.map(({ position, color, previous, by, undoes }) => ({
        _id: `${pixelKey(canvas, tile, position)}/${at}`,
        ...{ canvas, tile, position, at, seq, epoch, color, previous, by, cause },
        ...(undoes && { undoes: undoes.atMs }),
      })),
    )
    if (rows.length === 0) return
    const there: HistoryDocument[] = []
    for (let from = 0; from < rows.length; from += rowsAtOnce) there.push(...(await insertNew(rows.slice(from, from + rowsAtOnce))))
    if (there.length === 0) return
    const replacements = there.map(({ _id, ...replacement }) => ({ replaceOne: { filter: { _id }, replacement, upsert: true } }))
    await history.bulkWrite(replacements, { ordered: false, ...durable })
  }

  /** Returns the rows that exist already. Rows are rarely saved twice, and inserting takes half as long as replacing. */
  const insertNew = async (rows: HistoryDocument[]): Promise<HistoryDocument[]> => {
    try {
      await history.insertMany(rows, { ordered: false, ...durable })
      return []
    } catch (error) {
      if (!(error instanceof mongoose.mongo.MongoBulkWriteError)) throw error
      const failed = [error.writeErrors].flat()
      if (failed.length === 0 || failed.some(({ code }) => code !== 11_000) || error.result.getWriteConcernError()) throw error
      return failed.flatMap(({ index }) => rows[index] ?? [])
    }
  }

  const saveStats = async ({ canvas, commits, tileSize }: Args<'project'>, session: ClientSession) => {
    const { painters, minutes, cells } = countStats(commits, { tileSize })
    const raise = (kind: StatDocument['kind'], key: string | number, added: Readonly<Record<string, number>>) => ({
      updateOne: {
        filter: { _id: `${canvas}/${kind}/${key}` },
        update: { $inc: added, $setOnInsert: { canvas, kind, key } },
        upsert: true,
      },
    })
    const updates = [
      ...[...painters].map(([by, placed]) => raise('painter', by, { placed })),
      ...[...minutes].map(([atMs, placed]) => raise('minute', atMs, { placed })),
      ...[...cellsByBlock(cells)].map(([block, ofBlock]) => {
        const added = Object.fromEntries(ofBlock.map(([cell, placed]) => [`cells.${cell}`, placed]))
        return raise('block', block, { placed: sumOfCells(ofBlock), ...added })
      }),
    ]
    if (updates.length > 0) await stats.bulkWrite(updates, { ...inside(session), ordered: false })
  }

  /** @throws {StoreError} when the board was erased. */
  const ensureKept = async (args: Args<'project'>, options: mongoose.mongo.FindOptions) => {
    if (isErased(canvasOf(await canvases.findOne({ _id: args.canvas }, options)), args)) throw erasedMeanwhile()
  }

  const cursorKey = ({ name, canvas, tile }: Args<'project'>) => `${name}/${canvas}/${tile}`
  const isCursorAt = (cursor: Pick<CursorDocument, 'epoch' | 'seq'> | null, { epoch, after }: Args<'project'>) =>
    (cursor?.epoch === epoch ? cursor.seq : 0) === after

  const projectHistory = async (args: Args<'project'>): Promise<boolean> => {
    const { name, canvas, tile, epoch, to } = args
    const _id = cursorKey(args)
    const cursor = await cursors.findOne({ _id }, majority)
    if (!isCursorAt(cursor, args)) return false
    await ensureKept(args, majority)
    await saveHistory(args)
    const moved = { name, canvas, tile, epoch, seq: to }
    try {
      if (!cursor) await cursors.insertOne({ _id, ...moved }, durable)
      else return (await cursors.updateOne({ _id, epoch: cursor.epoch, seq: cursor.seq }, { $set: moved }, durable)).matchedCount === 1
    } catch (error) {
      if (isDuplicateKey(error)) return false
      throw error
    }
    return true
  }

  const saves = {
    stats: saveStats,
    profiles: ({ canvas, commits, tileSize }: Args<'project'>, session: ClientSession) =>
      profiles.add(canvas, profilesOf(commits, { tileSize }), session),
  }

  const projectCounts = (name: keyof typeof saves, args: Args<'project'>): Promise<boolean> =>
    context.transaction(async (session) => {
      const { canvas, tile, epoch, to } = args
      const _id = cursorKey(args)
      await ensureKept(args, inside(session))
      if (!isCursorAt(await cursors.findOne({ _id }, inside(session)), args)) return false
      await saves[name](args, session)
      await cursors.updateOne({ _id }, { $set: { name, canvas, tile, epoch, seq: to } }, { ...inside(session), upsert: true })
      return true
    }, countingTries)

  const readMinutes = async ({ canvas, sinceMs }: Args<'readMinutes'>) => {
    const minutes = stats.find({ canvas, kind: 'minute', key: { $gte: sinceMs } }, majority).sort({ key: 1 })
    return (await minutes.toArray()).map(({ key, placed }) => ({ atMs: Number(key), placed }))
  }

  return {
    async readCursors({ name, canvas }) {
      return cursorsOf(await cursors.find({ name, canvas }, majority).toArray())
    },

    async project(args) {
      try {
        return await (args.name === 'history' ? projectHistory(args) : projectCounts(args.name, args))
      } catch (cause) {
        if (isTransient(cause) || isDuplicateKey(cause)) throw new StoreError('contested', 'Another process is saving this.', { cause })
        throw cause
      }
    },

    // One transaction: a projector that starts between two writes would lose its counts.
    reset: ({ name, canvas }: { name: LogProjectionName; canvas: CanvasId }) =>
      context.transaction(async (session) => {
        await cursors.deleteMany({ name, canvas }, inside(session))
        if (name === 'stats') await stats.deleteMany({ canvas }, inside(session))
        if (name === 'profiles') await context.collections.profiles.deleteMany({ canvas }, inside(session))
      }),

    async readHistory({ canvas, tile, position, limit, beforeMs }) {
      const older = beforeMs === undefined ? {} : { at: { $lt: beforeMs } }
      const documents = await history
        .find({ canvas, tile, position, ...older }, majority)
        .sort({ at: -1 })
        .limit(limit)
        .toArray()
      return documents.map(entryOf)
    },

    async readHistoryPage({ canvas, tile, from, limit }) {
      const after = from
        ? { $or: [{ position: { $gt: from.position } }, { position: from.position as number, at: { $gt: from.atMs } }] }
        : {}
      const documents = await history
        .find({ canvas, tile, ...after }, majority)
        .sort({ position: 1, at: 1 })
        .limit(limit)
        .toArray()
      return documents.map(entryOf)
    },

    readMinutes,

    async readStats({ canvas, maxPainters, sinceMs }): Promise<CanvasStats> {
      const [painters, minutes, cells] = await Promise.all([
        stats
          .find({ canvas, kind: 'painter', key: { $ne: nobody }, placed: { $gt: 0 } }, majority)
          .sort({ placed: -1, key: 1 })
          .limit(maxPainters)
          .toArray(),
        readMinutes({ canvas, sinceMs }),
        stats.find({ canvas, kind: { $in: ['block', 'cell'] } }, majority).toArray(),
      ])
      return {
        painters: painters.map(({ key, placed }) => ({ by: asPainterId(String(key)), placed })),
        minutes,
        cells: cellsOf(cells),
      }
    },

    ...profiles.reads,

    async countStanding({ canvas, sinceMs }) {
      const counts = pixels.aggregate<{ _id: string } & Standing>(
        [
          { $match: { canvas, by: { $ne: nobody }, cause: { $nin: [...standsForNobody] } } },
          { $group: { _id: '$by', all: { $sum: 1 }, recent: { $sum: { $cond: [{ $gte: ['$at', sinceMs] }, 1, 0] } } } },
        ],
        majority,
      )
      const standing = new Map<PainterId, Standing>()
      for await (const { _id, all, recent } of counts) standing.set(asPainterId(_id), { all, recent })
      return standing
    },

    async saveSnapshot(snapshot: Snapshot) {
      const { canvas, tile, epoch, seq, atMs: at, bytes } = snapshot
      const replacement = { canvas, tile, epoch, seq, at, bytes: new mongoose.mongo.Binary(Buffer.from(bytes)) }
      const stored = canvasOf(await canvases.findOne({ _id: canvas }, majority))
      if (isErased(stored, snapshot)) return
      await snapshots.replaceOne({ _id: snapshotKey(snapshot) }, replacement, { upsert: true, ...durable })
    },

    async readSnapshot({ canvas, tile, epoch, maxSeq, maxAtMs }) {
      const filter = { canvas, tile, epoch, seq: { $lte: maxSeq }, at: { $lte: maxAtMs } }
      const document = await snapshots.find(filter, majority).sort({ seq: -1 }).limit(1).next()
      return document ? { ...infoOf(document), bytes: document.bytes.buffer } : null
    },

    async listSnapshots({ canvas, tile }) {
      const documents = await snapshots
        .find({ canvas, tile }, { ...majority, projection: { bytes: 0 } })
        .sort({ seq: 1 })
        .toArray()
      return documents.map(infoOf)
    },

    async deleteSnapshots({ snapshots: gone }) {
      if (gone.length > 0) await snapshots.deleteMany({ _id: { $in: gone.map(snapshotKey) } }, durable)
    },
  }
}
