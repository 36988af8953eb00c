/** Whether a commit is of one of these tiles. Null for all tiles. */
import { tileKey } from '../../lib/tile-key.ts'
import type { TileRef } from './port.ts'

export const isIn = (tiles: readonly TileRef[] | null | undefined) => {
  if (!tiles) return () => true
  const keys = new Set(tiles.map(tileKey))
  return (commit: { readonly canvas: string; readonly tile: number }) => keys.has(tileKey(commit))
}
