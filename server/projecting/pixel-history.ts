/**
 * The history of a pixel up to now: unsequenced commits, the log after the projection's cursor, and the projection. The projection alone is about
 * a second behind, and painters expect to find the pixel that they have just placed.
 *
 * The sources are read in the order in which a commit passes through them. A commit that moves meanwhile is in two of them, and is recognized by
 * its time. If the log is not read to its head, unsequenced commits are left out.
 */
import { noSeq, type Position } from '../../lib/brand.ts'
import { type Canvas, canvasLimits } from '../../lib/canvas.ts'
import { createPixelFold, type PixelEntry, type Retraction, type Standing } from '../../lib/pixel-fold.ts'
import { pixelsAt } from '../store/pixels-at.ts'
import type { Store, TileRef } from '../store/port.ts'

type HistoryStore = Pick<Store, 'readCommits' | 'readUnsequencedPixels'> & {
  readonly projections: Pick<Store['projections'], 'readHistory' | 'readCursors'>
}

interface Wanted {
  readonly canvas: Canvas
  readonly ref: TileRef & { readonly position: Position }
}

export interface ReadHistory extends Wanted {
  readonly limit: number
  /** Only older entries. Null for the newest ones. */
  readonly beforeMs: number | null
}

export interface PixelHistory {
  /** Newest first. */
  readonly entries: readonly (PixelEntry & { readonly retracted: Retraction | null })[]
  /** Whether there are older entries. */
  readonly more: boolean
  /** Of the whole history, and the time of its newest entry; null without one. */
  readonly standing: Standing<PixelEntry> & { readonly newestMs: number | null }
}

/** Commits. If the projection is further behind, the history lacks the newest ones. */
const maxAhead = 1_000
/** Entries that one call reads (A6). A pixel whose placements were nearly all undone has many above the one that stands. */
const maxRead = 5_000
/** An undo is at most this much later than its placement: the longest `undoMs`, and as much for clocks that differ. */
const undoneWithinMs = 2 * canvasLimits.maxUndoMs

/** The entries older than `beforeMs`, newest first. */
async function* readEntries(store: HistoryStore, { canvas, ref }: Wanted, beforeMs: number, pageSize: number): AsyncGenerator<PixelEntry> {
  const ahead = (await readAhead(store, { canvas, ref })).filter(({ atMs }) => atMs < beforeMs)
  for (let before = beforeMs, read = 0; read < maxRead; ) {
    const page = await store.projections.readHistory({ ...ref, limit: pageSize, beforeMs: before })
    for (const entry of page) {
      while (ahead[0] && ahead[0].atMs > entry.atMs) yield ahead.shift() as PixelEntry
      if (ahead[0]?.atMs === entry.atMs) ahead.shift()
      // A suspended projector may have left an entry of an erased epoch.
      if (entry.epoch === canvas.epoch) yield entry
    }
    read += page.length
    const last = page.at(-1)
    if (!last || page.length < pageSize) break
    before = last.atMs
  }
  yield* ahead
}

/** The entries that the projection may not have yet, newest first. */
const readAhead = async (store: HistoryStore, { canvas, ref }: Wanted): Promise<PixelEntry[]> => {
  const unsequenced = await store.readUnsequencedPixels({ ...ref, maxCommits: maxAhead })
  const cursor = (await store.projections.readCursors({ name: 'history', canvas: canvas.id })).get(ref.tile)
  const after = cursor?.epoch === canvas.epoch ? cursor.seq : noSeq
  const page = await store.readCommits({ canvas: ref.canvas, tile: ref.tile, after, limit: maxAhead })
  const commits = page?.kind === 'page' ? page.commits : []
  const isWhole = page?.kind === 'page' && (commits.at(-1)?.seq ?? after) >= page.head
  const parts = [...commits.flatMap((commit) => pixelsAt(commit, ref.position)), ...(isWhole ? unsequenced : [])]
  return [...new Map(parts.map((entry) => [entry.atMs, entry])).values()].sort((a, b) => b.atMs - a.atMs)
}

/** A page of the history of a pixel, and what stands on it now. */
export const readPixelHistory = async (store: HistoryStore, wanted: ReadHistory): Promise<PixelHistory> => {
  const { canvas, limit, beforeMs } = wanted
  const entries: PixelHistory['entries'][number][] = []
  const fold = createPixelFold<PixelEntry>(canvas)
  let newestMs: number | null = null
  let more = false
  // An undo above the page may have taken back an entry of the page.
  const fromMs = beforeMs === null ? Number.MAX_SAFE_INTEGER : beforeMs + undoneWithinMs
  for await (const entry of readEntries(store, wanted, fromMs, limit + 1)) {
    newestMs ??= entry.atMs
    const retracted = fold.add(entry)
    if (beforeMs !== null && entry.atMs >= beforeMs) continue
    if (entries.length < limit) entries.push({ ...entry, retracted })
    else more = true
    if (more && (beforeMs !== null || fold.found())) break
  }
  const standing = beforeMs === null ? { ...fold.standing(), newestMs } : await readStanding(store, wanted)
  return { entries, more, standing }
}

const readStanding = async (store: HistoryStore, { canvas, ref }: Wanted): Promise<PixelHistory['standing']> =>
  (await readPixelHistory(store, { canvas, ref, limit: 1, beforeMs: null })).standing
