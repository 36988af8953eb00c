/**
 * The 120 ms in which a pixel that has just been painted settles. It is there from the first frame; this only draws it a little
 * larger at first. A pixel that is taken back stops settling at once.
 */
import type { Position, TileNumber } from '../../../lib/brand.ts'
import { pointOf } from '../../../lib/geometry.ts'
import type { DeviceTransform } from './camera.ts'
import type { Mark } from './layer.ts'
import type { Rgb } from './renderer.ts'
import { settleMark } from './scene.ts'

const settleMs = 120

interface Settle {
  readonly tile: TileNumber
  readonly position: Position
  readonly color: number
  /** Null until the first frame that shows it. */
  startMs: number | null
}

export class Animations {
  readonly #settles = new Map<string, Settle>()

  get active() {
    return this.#settles.size > 0
  }

  start(tile: TileNumber, position: Position, color: number) {
    this.#settles.set(`${tile}:${position}`, { tile, position, color, startMs: null })
  }

  /** This place shows another colour now, or no own pixel. */
  stopUnless(tile: TileNumber, position: Position, color: number | null) {
    const key = `${tile}:${position}`
    if (this.#settles.get(key)?.color !== color) this.#settles.delete(key)
  }

  clear() {
    this.#settles.clear()
  }

  /** What to draw in the frame at `timeMs`; what has settled by then is forgotten. */
  marks(options: { timeMs: number; transform: DeviceTransform; tileSize: number; palette: readonly Rgb[] }): Mark[] {
    const { timeMs, transform, tileSize, palette } = options
    const marks: Mark[] = []
    for (const [key, settle] of this.#settles) {
      settle.startMs ??= timeMs
      const progress = (timeMs - settle.startMs) / settleMs
      const color = palette[settle.color]
      if (progress >= 1 || !color) this.#settles.delete(key)
      else marks.push(settleMark({ transform, cell: pointOf(tileSize, settle.tile, settle.position), color, progress }))
    }
    return marks
  }
}
