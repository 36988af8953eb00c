/** The canvas and the tile that an address names. */
import type { TileNumber } from '../../../lib/brand.ts'
import type { Canvas } from '../../../lib/canvas.ts'
import { hasTile } from '../../../lib/geometry.ts'
import type { Refusal } from '../../../lib/refusal.ts'
import { badParameter, noCanvas, noTile } from '../../refusals.ts'
import { type CanvasCache, canvasWith } from '../../store/canvas-cache.ts'
import { wholeNumber } from '../params.ts'
import type { Call } from '../router.ts'

type TileFound = { ok: true; canvas: Canvas; tile: TileNumber } | { ok: false; refusal: Refusal }

export const findTile = async (canvases: CanvasCache, { params }: Call): Promise<TileFound> => {
  const tile = wholeNumber(params.tile)
  const canvas = await canvasWith(canvases, params.id ?? '', (one) => tile === null || hasTile(one, tile))
  if (!canvas) return { ok: false, refusal: noCanvas }
  if (tile === null) return { ok: false, refusal: badParameter('tile', 'must be a whole number') }
  return hasTile(canvas, tile) ? { ok: true, canvas, tile } : { ok: false, refusal: noTile }
}
