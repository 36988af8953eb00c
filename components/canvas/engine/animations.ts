/**
 * The animations of pixels that have just been painted. The board shows such a pixel from the first frame. For 120 ms it is also
 * drawn a little larger. Taking the pixel back ends its animation.
 */
import type { Position, TileNumber } from '../../../lib/brand.ts'
import { pointOf } from '../../../lib/geometry.ts'
import type { Rgb } from '../../../lib/palette.ts'
import type { DeviceTransform } from './camera.ts'
import type { Mark } from './layer.ts'
import { animationMark } from './scene.ts'

const durationMs = 120

interface Animation {
  readonly tile: TileNumber
  readonly position: Position
  readonly color: number
  /** Null until the first frame that shows it. */
  startMs: number | null
}

export class Animations {
  readonly #running = new Map<string, Animation>()

  get active() {
    return this.#running.size > 0
  }

  start(tile: TileNumber, position: Position, color: number) {
    this.#running.set(`${tile}:${position}`, { tile, position, color, startMs: null })
  }

  /** Ends the animation at a position that shows another color now, or no optimistic pixel. */
  stopUnless(tile: TileNumber, position: Position, color: number | null) {
    const key = `${tile}:${position}`
    if (this.#running.get(key)?.color !== color) this.#running.delete(key)
  }

  clear() {
    this.#running.clear()
  }

  /** What to draw in the frame at `timeMs`. Finished animations are removed. */
  marks(options: { timeMs: number; transform: DeviceTransform; tileSize: number; palette: readonly Rgb[] }): Mark[] {
    const { timeMs, transform, tileSize, palette } = options
    const marks: Mark[] = []
    for (const [key, animation] of this.#running) {
      animation.startMs ??= timeMs
      const progress = (timeMs - animation.startMs) / durationMs
      const color = palette[animation.color]
      if (progress >= 1 || !color) this.#running.delete(key)
      else marks.push(animationMark({ transform, cell: pointOf(tileSize, animation.tile, animation.position), color, progress }))
    }
    return marks
  }
}
