/** Whether a waiting commit belongs to a publisher's share; without a share everything does. */
import type { Share } from './port.ts'

export const inShare = (share: Share | null | undefined) => {
  if (!share) return () => true
  const tiles = new Set(share.tiles.map(({ canvas, tile }) => `${canvas}/${tile}`))
  return ({ canvas, tile, atMs }: { canvas: string; tile: number; atMs: number }) =>
    atMs < share.orBeforeMs || tiles.has(`${canvas}/${tile}`)
}
