/**
 * The history of a pixel, up to this moment: what the projection holds, what the log has after it, and what has no number yet. A projection is a second
 * behind, and a person who looks at the pixel that they have just painted should find themselves there.
 *
 * Without holes: each is read before the one that a commit goes over to, so that one that goes over meanwhile is in both, and recognised by its time
 * (which rises at a pixel). What is newer than a part that was not read to its end is left out.
 */
import type { Position } from '../../lib/brand.ts'
import { noSeq } from '../../lib/brand.ts'
import type { Canvas } from '../../lib/canvas.ts'
import { pixelsAt } from '../store/pixels-at.ts'
import type { Store, StoredPixel, TileRef } from '../store/port.ts'

type HistoryStore = Pick<Store, 'readCommits' | 'readUnsequencedPixels'> & {
  readonly projections: Pick<Store['projections'], 'readHistory' | 'readCursors'>
}

/** Commits. When the projection is further behind than this, the newest entries have to wait for it. */
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
  const projected = await store.projections.readHistory({ ...ref, limit })
  const ahead = page?.kind === 'page' ? page.commits : []
  const isWhole = page?.kind === 'page' && (ahead.at(-1)?.seq ?? after) >= page.head
  const parts = [...projected, ...ahead.flatMap((commit) => pixelsAt(commit, ref.position)), ...(isWhole ? unsequenced : [])]
  return [...new Map(parts.map((pixel) => [pixel.atMs, pixel])).values()].sort((a, b) => b.atMs - a.atMs).slice(0, limit)
}
