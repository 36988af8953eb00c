/** Whether a waiting commit belongs to a publisher's share; without a share everything does. */
import { tileKey } from '../../lib/tile-key.ts'
import type { Share } from './port.ts'

export const inShare = (share: Share | null | undefined) => {
  if (!share) return () => true
  const tiles = new Set(share.tiles.map(tileKey))
  return (commit: { canvas: string; tile: number; atMs: number }) => commit.atMs < share.orBeforeMs || tiles.has(tileKey(commit))
}
