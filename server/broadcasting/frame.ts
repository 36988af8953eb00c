/** How frames are encoded: packed for browsers, or as one JSON event per pixel for programs that ask for it. */
import type { PainterId } from '../../lib/brand.ts'
import type { Canvas } from '../../lib/canvas.ts'
import { decodePixels, encodePixels } from '../../lib/codec.ts'
import { type CommitKind, placementId } from '../../lib/commit.ts'
import { pointOf } from '../../lib/geometry.ts'
import { type PainterRef, showPainter } from '../../lib/painter.ts'
import type { TileFrame } from './port.ts'

/** The commits of a frame as one packed string: the last color of each pixel, in ascending order of position. */
export const packFrame = ({ commits }: TileFrame): string => {
  const last = new Map<number, number>()
  for (const { pixels } of commits) for (const { position, color } of pixels) last.set(position, color)
  const positions = Uint32Array.from(last.keys()).sort()
  const colors = new Uint8Array(positions.length)
  for (let i = 0; i < positions.length; i++) colors[i] = last.get(positions[i] as number) as number
  return Buffer.from(encodePixels({ positions, colors }).buffer).toString('base64')
}

export const unpackFrame = (data: string, cells: number) => decodePixels(Buffer.from(data, 'base64'), cells)

/** The event `pixel_placed`. A tombstone has `count: 0` and no pixel. */
export type PixelPlaced = {
  canvas: string
  tile: number
  seq: number
  index: number
  count: number
  at: string
  cause: CommitKind
} & ({ gx: number; gy: number; color: string; by: PainterRef | null; id: string } | { id: string })

export const pixelEvents = (frame: TileFrame, canvas: Canvas, nameOf: (id: PainterId) => string): PixelPlaced[] => {
  const { tile } = frame.ref
  return frame.commits.flatMap((commit): PixelPlaced[] => {
    const common = {
      canvas: canvas.id,
      tile,
      seq: commit.seq,
      count: commit.pixels.length,
      at: new Date(commit.atMs).toISOString(),
      cause: commit.cause,
    }
    if (commit.pixels.length === 0) return [{ ...common, index: 0, id: commit.id }]
    return commit.pixels.map(({ position, color, by }, index) => ({
      ...common,
      index,
      ...pointOf(canvas.tileSize, tile, position),
      color: canvas.palette[color] ?? '#000000',
      by: showPainter(by, nameOf),
      id: placementId(commit.id, index),
    }))
  })
}
