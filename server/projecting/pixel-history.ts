/**
 * The history of a pixel, up to this moment: what the projection holds, and what the log has after it. A projection is a second behind, and a
 * person who looks at the pixel that they have just painted should find themselves there.
 */
import type { Position } from '../../lib/brand.ts'
import { noSeq } from '../../lib/brand.ts'
import type { Canvas } from '../../lib/canvas.ts'
import type { Store, TileRef } from '../store/port.ts'
import type { HistoryEntry } from '../store/projections-port.ts'

type HistoryStore = Pick<Store, 'readCommits'> & { readonly projections: Pick<Store['projections'], 'readHistory' | 'readCursors'> }

/** When the projection is further behind than this, the newest entries have to wait for it. */
const maxAhead = 1_000

/** Newest first, at most `limit`. */
export const readPixelHistory = async (
  store: HistoryStore,
  { canvas, ref, limit }: { canvas: Canvas; ref: TileRef & { position: Position }; limit: number },
): Promise<HistoryEntry[]> => {
  // The cursor first: what is projected in between is in both, and recognised by its time.
  const cursor = (await store.projections.readCursors({ name: 'history', canvas: canvas.id })).get(ref.tile)
  const after = cursor?.epoch === canvas.epoch ? cursor.seq : noSeq
  const page = await store.readCommits({ canvas: ref.canvas, tile: ref.tile, after, limit: maxAhead })
  const projected = await store.projections.readHistory({ ...ref, limit })
  const ahead = (page?.kind === 'page' ? page.commits : []).flatMap(({ seq, epoch, atMs, cause, pixels }): HistoryEntry[] => {
    const pixel = pixels.find(({ position }) => position === ref.position)
    return pixel ? [{ ...pixel, seq, epoch, atMs, cause }] : []
  })
  const known = new Set(projected.map(({ atMs }) => atMs))
  return [...ahead.filter(({ atMs }) => !known.has(atMs)).reverse(), ...projected].slice(0, limit)
}
