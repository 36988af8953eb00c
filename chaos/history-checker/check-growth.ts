/** Checks that a client had the canvas with the size and the palette that a pixel needs before it got the pixel (C3). */
import { decodePixels } from '../../lib/codec.ts'
import type { Findings } from './findings.ts'
import type { Entry, History } from './history.ts'
import type { Logs, RecordedCanvas } from './logs.ts'

interface Known {
  readonly width: number
  readonly height: number
  readonly colors: number
}

interface Pixel {
  readonly gx: number
  readonly gy: number
  readonly color: number
}

const pointIn = ({ tileSize }: RecordedCanvas, tile: number, position: number) => ({
  gx: (tile % 256) * tileSize + (position % tileSize),
  gy: Math.floor(tile / 256) * tileSize + Math.floor(position / tileSize),
})

/** `canvas` is the last one, which has every color. */
const pixelsOf = (entry: Entry, canvas: RecordedCanvas): Pixel[] => {
  if (entry.k === 'commit') return entry.pixels.map(([gx, gy, hex]) => ({ gx, gy, color: canvas.palette.indexOf(hex) }))
  if (entry.k !== 'frame') return []
  const { positions, colors } = decodePixels(Buffer.from(entry.data, 'base64'), canvas.tileSize ** 2)
  return Array.from(positions, (position, i) => ({ ...pointIn(canvas, entry.tile, position), color: colors[i] as number }))
}

export const checkGrowth = (history: History, { canvas }: Pick<Logs, 'canvas'>, findings: Findings) => {
  const known = new Map<number, Known>()
  let first: Known | null = null
  for (const entry of history()) {
    if (entry.k === 'canvas') first ??= { width: entry.width, height: entry.height, colors: entry.palette.length }
    else if (entry.k === 'grown') known.set(entry.w, entry)
    else if (entry.k === 'frame' || entry.k === 'commit') {
      const has = known.get(entry.w) ?? first
      const early = has && pixelsOf(entry, canvas).find(({ gx, gy, color }) => gx >= has.width || gy >= has.height || color >= has.colors)
      if (early) findings.add('early', `client ${entry.w} got ${early.gx}, ${early.gy} in color ${early.color} before the canvas for it`)
    }
  }
}
