/** Rings around pixels that were just placed. With reduced motion they do not grow. */
import type { BoardPoint } from '../../../lib/geometry.ts'
import type { Rgb } from '../../../lib/palette.ts'
import type { DeviceTransform } from '../engine/camera.ts'
import type { Mark } from '../engine/layer.ts'
import { outset } from '../engine/rect.ts'
import { deviceRect, ring } from '../engine/scene.ts'

export const maxPulses = 200
export const pulseMs = 1_200
/** CSS pixels. */
const reach = 10
const line = 2

interface Pulse {
  readonly point: BoardPoint
  readonly startMs: number
}

export class Pulses {
  readonly #pulses: Pulse[] = []
  isStill: boolean

  constructor({ isStill }: { isStill: boolean }) {
    this.isStill = isStill
  }

  get count() {
    return this.#pulses.length
  }

  get isMoving() {
    return !this.isStill && this.#pulses.length > 0
  }

  /** Beyond the bound the oldest ends early. */
  start(points: readonly BoardPoint[], startMs: number) {
    for (const point of points.slice(-maxPulses)) this.#pulses.push({ point, startMs })
    this.#pulses.splice(0, Math.max(0, this.#pulses.length - maxPulses))
  }

  clear() {
    this.#pulses.length = 0
  }

  /** Ended pulses are removed. */
  marks(options: { timeMs: number; transform: DeviceTransform; pixelRatio: number; color: Rgb }): Mark[] {
    const { timeMs, transform, pixelRatio, color } = options
    while (this.#pulses[0] && timeMs - this.#pulses[0].startMs >= pulseMs) this.#pulses.shift()
    const wide = Math.max(1, Math.round(line * pixelRatio))
    return this.#pulses.flatMap(({ point: { gx, gy }, startMs }) => {
      const progress = this.isStill ? 0.4 : Math.max(0, (timeMs - startMs) / pulseMs)
      const rect = deviceRect(transform, { left: gx, top: gy, right: gx + 1, bottom: gy + 1 })
      const inner = outset(rect, Math.round(reach * pixelRatio * progress))
      // A white line inside of the colored one: one of them stands out on every color.
      return [...ring(inner, wide, color), ...ring(outset(inner, -1), 1, [255, 255, 255])]
    })
  }
}
