/**
 * Audits one tile (A2 to A4): folds the kept log and compares what comes out with the pixels, in one pass and with a few bytes
 * for each pixel, however long the log is.
 *
 * It works on a live system: the board is read first, in one snapshot, and the log only up to the board's seq. What expires meanwhile is
 * old; a pixel whose commits have all expired has nothing to be compared with, and is passed over.
 */
import type { Board } from '../../lib/board.ts'
import { asSeq, noSeq, type Seq } from '../../lib/brand.ts'
import type { Canvas } from '../../lib/canvas.ts'
import type { SequencedCommit } from '../../lib/commit.ts'
import type { Store, TileRef } from '../store/port.ts'
import type { Finding, FindingKind } from './finding.ts'

export interface TileAudit {
  readonly commits: number
  readonly pixels: number
}

const pageSize = 1_000

export const auditTile = async (options: {
  store: Pick<Store, 'readBoard' | 'readCommits'>
  canvas: Canvas
  ref: TileRef
  /** The tile's head, read before this call. */
  head: Seq
  /** Commits older than this may have expired. */
  keptFromMs: number
  onFinding: (finding: Finding) => void
}): Promise<TileAudit> => {
  const { store, canvas, ref, keptFromMs } = options
  const report = (kind: FindingKind, seq: number | null, detail: string) =>
    options.onFinding({ kind, canvas: ref.canvas, tile: ref.tile, seq: seq === null ? null : asSeq(seq), detail })

  const board = await store.readBoard(ref)
  if (!board) return { commits: 0, pixels: 0 }
  if (board.seq < options.head) report('tail_went_back', board.seq, `the head was ${options.head} and is ${board.seq} now`)
  const fold = createFold(canvas, report)
  let after = noSeq
  let commits = 0
  while (after < board.seq) {
    const page = await store.readCommits({ ...ref, after, limit: pageSize })
    if (!page) break
    if (page.kind === 'trimmed') {
      const { oldestKept } = page
      // What expired is gone from the old end. After something that is kept, only a commit that is old itself can be missing.
      const mayHaveExpired = commits === 0 || fold.lastAtMs() < keptFromMs
      if (!mayHaveExpired) report('hole', after + 1, `commits ${after + 1} to ${oldestKept - 1} are missing`)
      fold.forget()
      after = asSeq(oldestKept - 1)
      continue
    }
    if (page.commits.length === 0) break
    for (const commit of page.commits) {
      if (commit.seq > board.seq) break
      fold.add(commit)
      commits++
    }
    after = asSeq(Math.min(board.seq, page.commits.at(-1)?.seq ?? board.seq))
  }
  return { commits, pixels: fold.compare(board) }
}

const unknown = -1

const createFold = (canvas: Canvas, report: (kind: FindingKind, seq: number | null, detail: string) => void) => {
  const cells = canvas.tileSize * canvas.tileSize
  const colors = new Int16Array(cells).fill(canvas.background)
  const timesMs = new Float64Array(cells)
  let lastAtMs = Number.NEGATIVE_INFINITY

  return {
    /** When the newest commit so far was made. */
    lastAtMs: () => lastAtMs,
    /** Commits are missing: what a pixel was is not known until the next one that sets it. */
    forget: () => void colors.fill(unknown),

    add({ seq, epoch, atMs, pixels }: SequencedCommit) {
      if (epoch !== canvas.epoch) report('other_epoch', seq, `it is of epoch ${epoch}, the canvas of ${canvas.epoch}`)
      for (const { position, color, previous } of pixels) {
        const before = colors[position] ?? unknown
        if (before !== unknown && before !== previous) {
          report('previous_differs', seq, `position ${position}: it replaced ${previous}, and the log has ${before} there`)
        }
        if (atMs <= (timesMs[position] ?? 0)) report('order', seq, `position ${position}: its time is not after that of the one before`)
        colors[position] = color
        timesMs[position] = atMs
      }
      lastAtMs = Math.max(lastAtMs, atMs)
    },

    /** Answers how many pixels could be compared. */
    compare(board: Board): number {
      let compared = 0
      for (let position = 0; position < cells; position++) {
        const color = colors[position] ?? unknown
        if (color === unknown) continue
        compared++
        if (color !== board.colors[position]) {
          report('pixel_differs', null, `position ${position}: the database shows ${board.colors[position]}, the log says ${color}`)
        }
      }
      return compared
    },
  }
}
