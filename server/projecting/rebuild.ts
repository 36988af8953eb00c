/**
 * Makes a projection again from the log, for `fresco rebuild`. What it makes is what projectors have made: as far as they had come, with the
 * same code, so on a sound store nothing changes. A rebuild that was interrupted is finished by the projectors, or by another one.
 *
 * The log is kept for a while only. History and snapshots from before stay as they are. Numbers cannot be counted in part: what is no longer
 * kept would be forgotten, so that has to be asked for.
 */
import { applyCommit, type Board, emptyBoard } from '../../lib/board.ts'
import { asSeq, noSeq, type Seq } from '../../lib/brand.ts'
import type { Canvas } from '../../lib/canvas.ts'
import type { Logger } from '../observability/log.ts'
import type { Store, TileRef } from '../store/port.ts'
import type { LogProjectionName, SnapshotInfo } from '../store/projections-port.ts'
import { LogProjection } from './log-projection.ts'
import { packColors, unpackColors } from './snapshot-bytes.ts'

type RebuiltStore = Pick<Store, 'getCanvas' | 'readCommits' | 'readHeads' | 'projections'>

const pageSize = 1_000

/** How many commits that the stats of this canvas may hold are no longer kept. */
export const countExpired = async (store: RebuiltStore, canvas: Canvas): Promise<number> => {
  let expired = 0
  for (const tile of (await store.projections.readCursors({ name: 'stats', canvas: canvas.id })).keys()) {
    const page = await store.readCommits({ canvas: canvas.id, tile, after: noSeq, limit: 1 })
    if (page?.kind === 'trimmed') expired += page.oldestKept - 1
  }
  return expired
}

/** Answers how many commits were projected here; projectors that run beside it may have done the rest. */
export const rebuildLogProjection = async (options: {
  store: RebuiltStore
  canvas: Canvas
  name: LogProjectionName
  logger: Logger
}): Promise<number> => {
  const { store, canvas, name, logger } = options
  const before = await store.projections.readCursors({ name, canvas: canvas.id })
  const heads = new Map([...before].flatMap(([tile, { epoch, seq }]) => (epoch === canvas.epoch ? [[tile, seq] as const] : [])))
  await store.projections.reset({ name, canvas: canvas.id })
  let commits = 0
  const onProjected = (projected: readonly unknown[]) => {
    commits += projected.length
  }
  const projection = new LogProjection({ name, store, logger, onProjected })
  await projection.catchUp(canvas, heads)
  return commits
}

interface Rebuilt {
  readonly made: number
  /** The log no longer leads there. */
  readonly kept: number
  /** Unreadable, ahead of the log, or of another epoch. */
  readonly deleted: number
}

/** Each snapshot again, folded by the log from the one before. */
export const rebuildSnapshots = async (store: RebuiltStore, canvas: Canvas): Promise<Rebuilt> => {
  const done = { made: 0, kept: 0, deleted: 0 }
  for (const [tile, head] of await store.readHeads(canvas.id)) {
    const ref = { canvas: canvas.id, tile }
    let board: FoldedBoard | null = { ...emptyBoard(canvas), atMs: 0 }
    for (const info of await store.projections.listSnapshots(ref)) {
      const isOurs = info.epoch === canvas.epoch && info.seq <= head
      board = isOurs && board ? await foldTo(store, { ref, board, seq: info.seq }) : board
      if (isOurs && board) {
        await store.projections.saveSnapshot({ ...info, atMs: board.atMs, bytes: await packColors(board.colors) })
        done.made++
        continue
      }
      const readable = isOurs ? await readSnapshot(store, canvas, info) : null
      if (readable) {
        board = readable
        done.kept++
      } else {
        await store.projections.deleteSnapshots({ snapshots: [info] })
        done.deleted++
      }
    }
  }
  return done
}

type FoldedBoard = Board & { atMs: number }

/** Null when the log does not lead there. */
const foldTo = async (store: RebuiltStore, { ref, board, seq }: { ref: TileRef; board: FoldedBoard; seq: Seq }) => {
  while (board.seq < seq) {
    const page = await store.readCommits({ ...ref, after: board.seq, limit: Math.min(pageSize, seq - board.seq) })
    if (page?.kind !== 'page' || page.commits.length === 0) return null
    for (const commit of page.commits) {
      if (applyCommit(board, commit) !== 'applied') return null
      board.atMs = Math.max(board.atMs, commit.atMs)
    }
  }
  return board
}

const readSnapshot = async (store: RebuiltStore, canvas: Canvas, info: SnapshotInfo): Promise<FoldedBoard | null> => {
  const snapshot = await store.projections.readSnapshot({ ...info, maxSeq: info.seq, maxAtMs: Number.MAX_SAFE_INTEGER })
  const colors = snapshot && (await unpackColors(snapshot.bytes))
  const isWhole = snapshot?.seq === info.seq && colors?.length === canvas.tileSize * canvas.tileSize
  return isWhole ? { epoch: canvas.epoch, seq: asSeq(info.seq), atMs: info.atMs, colors } : null
}
