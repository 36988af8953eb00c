/**
 * The board of a tile at a seq or a time: the newest snapshot within the bounds, and the commits after it. Also a cheap way to read the newest
 * board, without reading every pixel.
 *
 * A time means the board before the first later commit. Times rise with seqs at each pixel, and almost always within a tile.
 */
import { applyCommit, type Board, emptyBoard } from '../../lib/board.ts'
import { asSeq, type Seq } from '../../lib/brand.ts'
import type { Canvas } from '../../lib/canvas.ts'
import { hasTile } from '../../lib/geometry.ts'
import type { Store, TileRef } from '../store/port.ts'
import { unpackColors } from './snapshot-bytes.ts'

export interface PastBoard extends Board {
  /** The latest `at` of its commits, 0 for none. */
  readonly atMs: number
  /** The tile's head at the time of the read. */
  readonly head: Seq
}

export type PastBoardFound =
  | { kind: 'board'; board: PastBoard }
  /** The log is trimmed after the newest snapshot within the bounds. */
  | { kind: 'trimmed'; oldestKept: Seq }

type PastStore = Pick<Store, 'getCanvas' | 'readCommits'> & { readonly projections: Pick<Store['projections'], 'readSnapshot'> }

const pageSize = 1_000
/** Folding more pages of the log takes longer than reading every pixel. */
const cheapPages = 2

interface Bounds {
  readonly maxSeq: number
  readonly maxAtMs: number
}
export interface DatedBoard {
  readonly board: Board
  /** The latest time of its commits. */
  readonly atMs: number
}

const newest: Bounds = { maxSeq: Number.MAX_SAFE_INTEGER, maxAtMs: Number.MAX_SAFE_INTEGER }
export const emptyStart = (canvas: Canvas): DatedBoard => ({ board: emptyBoard(canvas), atMs: 0 })

/** Null if the canvas or tile does not exist. Without bounds, the newest board. */
export const readPastBoard = async (
  store: PastStore,
  { canvas: id, tile, ...bounds }: TileRef & Partial<Bounds>,
): Promise<PastBoardFound | null> => {
  const canvas = await store.getCanvas(id)
  if (!canvas || !hasTile(canvas, tile)) return null
  const options = { canvas, tile, ...newest, ...bounds }
  return foldFrom(store, (await newestSnapshot(store, options)) ?? emptyStart(canvas), options)
}

/** Folds the log into `start`, within the bounds. Null if the canvas does not exist, or if that takes more than `maxPages`. */
export const foldFrom = async (
  store: Pick<Store, 'readCommits'>,
  start: DatedBoard,
  { canvas: { id }, tile, maxSeq, maxAtMs }: { canvas: Pick<Canvas, 'id'>; tile: TileRef['tile'] } & Bounds,
  maxPages = Number.POSITIVE_INFINITY,
): Promise<PastBoardFound | null> => {
  const { board } = start
  let { atMs } = start
  for (let pages = 0; pages < maxPages; pages++) {
    const page = await store.readCommits({ canvas: id, tile, after: board.seq, limit: pageSize })
    if (!page) return null
    const { head } = page
    const done = () => ({ kind: 'board' as const, board: { ...board, atMs, head } })
    if (board.seq >= maxSeq) return done()
    if (page.kind === 'trimmed') return { kind: 'trimmed', oldestKept: page.oldestKept }
    for (const commit of page.commits) {
      if (commit.seq > maxSeq || commit.atMs > maxAtMs) return done()
      if (applyCommit(board, commit) !== 'applied') return done()
      atMs = Math.max(atMs, commit.atMs)
    }
    if (page.commits.length === 0 || board.seq >= head) return done()
  }
  return null
}

/** Null if there is none. An unreadable snapshot counts as the empty board. */
const newestSnapshot = async (
  store: PastStore,
  { canvas, tile, maxSeq, maxAtMs }: { canvas: Canvas; tile: TileRef['tile'] } & Bounds,
): Promise<DatedBoard | null> => {
  const { id, epoch, tileSize } = canvas
  const snapshot = await store.projections.readSnapshot({ canvas: id, tile, epoch, maxSeq, maxAtMs })
  if (!snapshot) return null
  const colors = await unpackColors(snapshot.bytes)
  if (colors?.length !== tileSize * tileSize) return emptyStart(canvas)
  return { board: { epoch, seq: asSeq(snapshot.seq), colors }, atMs: snapshot.atMs }
}

/** The newest board, from a snapshot if that is less work, or else from the pixels. */
export const readNewestBoard = async (store: PastStore & Pick<Store, 'readBoard'>, ref: TileRef): Promise<Board | null> => {
  const canvas = await store.getCanvas(ref.canvas)
  if (!canvas || !hasTile(canvas, ref.tile)) return store.readBoard(ref)
  const options = { canvas, tile: ref.tile, ...newest }
  const start = await newestSnapshot(store, options)
  const found = start && (await foldFrom(store, start, options, cheapPages))
  if (found?.kind !== 'board') return store.readBoard(ref)
  const { epoch, seq, colors } = found.board
  return { epoch, seq, colors }
}
