/**
 * Makes a projection again from the log, for `fresco rebuild`, up to the projectors' cursors and with the same code. So it changes nothing in an
 * undamaged store. Projectors, or another rebuild, finish an interrupted one.
 *
 * History and snapshots of trimmed commits stay as they are. Stats would lose the trimmed commits, so rebuilding them then needs `--partial`.
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

/** How many commits of the canvas's stats are trimmed from the log. */
export const countExpired = async (store: RebuiltStore, canvas: Canvas): Promise<number> => {
  let expired = 0
  for (const tile of (await store.projections.readCursors({ name: 'stats', canvas: canvas.id })).keys()) {
    const page = await store.readCommits({ canvas: canvas.id, tile, after: noSeq, limit: 1 })
    if (page?.kind === 'trimmed') expired += page.oldestKept - 1
  }
  return expired
}

/** Returns how many commits this call projected. Projectors that run at the same time may project others. */
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
  /** The log is trimmed before them. */
  readonly kept: number
  /** Unreadable, ahead of the log, or of another epoch. */
  readonly deleted: number
}

/** Folds each snapshot again from the previous one by the log. */
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

/** Null if the log is trimmed before `seq`. */
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
