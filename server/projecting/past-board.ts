/**
 * A tile as it was: the newest snapshot that is not too new, and the commits after it. For boards of the past, for the next snapshot, and
 * for a gateway's start, where it saves reading every pixel.
 *
 * A time means the board before the first commit that is later: times rise with seqs for each pixel, and nearly so for the others.
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
  /** The tile's head when it was read. */
  readonly head: Seq
}

export type PastBoardFound =
  | { kind: 'board'; board: PastBoard }
  /** The log is no longer kept from where the newest fitting snapshot ends. */
  | { kind: 'trimmed'; oldestKept: Seq }

type PastStore = Pick<Store, 'getCanvas' | 'readCommits'> & { readonly projections: Pick<Store['projections'], 'readSnapshot'> }

const pageSize = 1_000
/** Folding more of the log than this takes longer than reading every pixel. */
const cheapPages = 2

interface Bounds {
  readonly maxSeq: number
  readonly maxAtMs: number
}
interface Start {
  readonly board: Board
  readonly atMs: number
}

const newest: Bounds = { maxSeq: Number.MAX_SAFE_INTEGER, maxAtMs: Number.MAX_SAFE_INTEGER }
const emptyStart = (canvas: Canvas): Start => ({ board: emptyBoard(canvas), atMs: 0 })

/** Null when there is no such canvas or tile. Without bounds, the newest board. */
export const readPastBoard = async (
  store: PastStore,
  { canvas: id, tile, ...bounds }: TileRef & Partial<Bounds>,
): Promise<PastBoardFound | null> => {
  const canvas = await store.getCanvas(id)
  if (!canvas || !hasTile(canvas, tile)) return null
  const options = { canvas, tile, ...newest, ...bounds }
  return foldFrom(store, (await newestSnapshot(store, options)) ?? emptyStart(canvas), options)
}

/** What the log adds to where it starts, within the bounds. Null also when that is more than so many pages. */
const foldFrom = async (
  store: PastStore,
  start: Start,
  { canvas: { id }, tile, maxSeq, maxAtMs }: { canvas: Canvas; tile: TileRef['tile'] } & Bounds,
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

/** Null when there is none. One that cannot be read is as good as the empty board. */
const newestSnapshot = async (
  store: PastStore,
  { canvas, tile, maxSeq, maxAtMs }: { canvas: Canvas; tile: TileRef['tile'] } & Bounds,
): Promise<Start | null> => {
  const { id, epoch, tileSize } = canvas
  const snapshot = await store.projections.readSnapshot({ canvas: id, tile, epoch, maxSeq, maxAtMs })
  if (!snapshot) return null
  const colors = await unpackColors(snapshot.bytes)
  if (colors?.length !== tileSize * tileSize) return emptyStart(canvas)
  return { board: { epoch, seq: asSeq(snapshot.seq), colors }, atMs: snapshot.atMs }
}

/** The newest board, from a snapshot where that is less work, else from the pixels. */
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
