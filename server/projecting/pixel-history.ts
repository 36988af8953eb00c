/**
 * The history of a pixel up to now: unsequenced commits, the log after the projection's cursor, and the projection. The projection alone is about
 * a second behind, and painters expect to find the pixel that they have just placed.
 *
 * The sources are read in the order in which a commit passes through them. A commit that moves meanwhile is in two of them, and is recognized by
 * its time. If the log is not read to its head, unsequenced commits are left out.
 */
import { noSeq, type Position } from '../../lib/brand.ts'
import type { Canvas } from '../../lib/canvas.ts'
import { pixelsAt } from '../store/pixels-at.ts'
import type { Store, StoredPixel, TileRef } from '../store/port.ts'

type HistoryStore = Pick<Store, 'readCommits' | 'readUnsequencedPixels'> & {
  readonly projections: Pick<Store['projections'], 'readHistory' | 'readCursors'>
}

/** Commits. If the projection is further behind, the history lacks the newest ones. */
const maxAhead = 1_000

/** Newest first, at most `limit`. */
export const readPixelHistory = async (
  store: HistoryStore,
  { canvas, ref, limit }: { canvas: Canvas; ref: TileRef & { position: Position }; limit: number },
): Promise<StoredPixel[]> => {
  const unsequenced = await store.readUnsequencedPixels({ ...ref, maxCommits: maxAhead })
  const cursor = (await store.projections.readCursors({ name: 'history', canvas: canvas.id })).get(ref.tile)
  const after = cursor?.epoch === canvas.epoch ? cursor.seq : noSeq
  const page = await store.readCommits({ canvas: ref.canvas, tile: ref.tile, after, limit: maxAhead })
  // A suspended projector may have left an entry of an erased epoch.
  const projected = (await store.projections.readHistory({ ...ref, limit })).filter(({ epoch }) => epoch === canvas.epoch)
  const ahead = page?.kind === 'page' ? page.commits : []
  const isWhole = page?.kind === 'page' && (ahead.at(-1)?.seq ?? after) >= page.head
  const parts = [...projected, ...ahead.flatMap((commit) => pixelsAt(commit, ref.position)), ...(isWhole ? unsequenced : [])]
  return [...new Map(parts.map((pixel) => [pixel.atMs, pixel])).values()].sort((a, b) => b.atMs - a.atMs).slice(0, limit)
}
