/**
 * Makes a projection again from the log, for `fresco rebuild`, up to the projectors' cursors and with the same code. So it changes nothing in an
 * undamaged store. Projectors, or another rebuild, finish an interrupted one.
 *
 * History and snapshots of trimmed commits stay as they are. Stats and profiles would lose the trimmed commits, so rebuilding
 * them then needs `--partial`.
 */
import { noSeq, type Seq, type TileNumber } from '../../lib/brand.ts'
import type { Canvas } from '../../lib/canvas.ts'
import { controlTile } from '../../lib/control-log.ts'
import type { Logger } from '../observability/log.ts'
import type { Store } from '../store/port.ts'
import type { LogProjectionName, SnapshotInfo } from '../store/projections-port.ts'
import { LogProjection } from './log-projection.ts'
import { type DatedBoard, emptyStart, foldFrom } from './past-board.ts'
import { packColors, unpackColors } from './snapshot-bytes.ts'

type RebuiltStore = Pick<Store, 'getCanvas' | 'readCommits' | 'readHeads' | 'projections'>

/** How many commits of the canvas's stats or profiles are trimmed from the log. */
export const countExpired = async (store: RebuiltStore, canvas: Canvas, name: LogProjectionName): Promise<number> => {
  let expired = 0
  for (const tile of (await store.projections.readCursors({ name, canvas: canvas.id })).keys()) {
    // The control log has no pixels to count.
    if (tile === controlTile) continue
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
    let last: DatedBoard | null = emptyStart(canvas)
    for (const info of await store.projections.listSnapshots(ref)) {
      const isOurs = info.epoch === canvas.epoch && info.seq <= head
      last = isOurs && last ? await foldTo(store, { canvas, tile, start: last, seq: info.seq }) : last
      if (isOurs && last) {
        await store.projections.saveSnapshot({ ...info, atMs: last.atMs, bytes: await packColors(last.board.colors) })
        done.made++
        continue
      }
      const readable = isOurs ? await readSnapshot(store, canvas, info) : null
      if (readable) {
        last = readable
        done.kept++
      } else {
        await store.projections.deleteSnapshots({ snapshots: [info] })
        done.deleted++
      }
    }
  }
  return done
}

/** Null if the log is trimmed before `seq`. */
const foldTo = async (
  store: RebuiltStore,
  { canvas, tile, start, seq }: { canvas: Canvas; tile: TileNumber; start: DatedBoard; seq: Seq },
) => {
  const found = await foldFrom(store, start, { canvas, tile, maxSeq: seq, maxAtMs: Number.MAX_SAFE_INTEGER })
  return found?.kind === 'board' && found.board.seq === seq ? { board: found.board, atMs: found.board.atMs } : null
}

const readSnapshot = async (store: RebuiltStore, canvas: Canvas, info: SnapshotInfo): Promise<DatedBoard | null> => {
  const snapshot = await store.projections.readSnapshot({ ...info, maxSeq: info.seq, maxAtMs: Number.MAX_SAFE_INTEGER })
  const colors = snapshot && (await unpackColors(snapshot.bytes))
  const isWhole = snapshot?.seq === info.seq && colors?.length === canvas.tileSize * canvas.tileSize
  return isWhole ? { board: { epoch: canvas.epoch, seq: info.seq, colors }, atMs: info.atMs } : null
}
