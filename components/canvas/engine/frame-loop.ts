/** Requests at most one animation frame at a time, and none while nothing changes. */

/** The longest step of an animation, even if the page was suspended. */
const maxStepMs = 100

/** Draws one frame and returns whether another one must follow. */
type DrawFrame = (frame: { timeMs: number; elapsedMs: number }) => boolean

export class FrameLoop {
  readonly #draw: DrawFrame
  #requested: number | null = null
  #lastMs: number | null = null
  #disposed = false

  constructor(draw: DrawFrame) {
    this.#draw = draw
  }

  /** Something changed: draws a frame soon. */
  invalidate() {
    if (this.#requested !== null || this.#disposed) return
    this.#requested = requestAnimationFrame((timeMs) => {
      this.#requested = null
      const elapsedMs = this.#lastMs === null ? 1_000 / 60 : Math.min(maxStepMs, Math.max(0, timeMs - this.#lastMs))
      const goesOn = this.#draw({ timeMs, elapsedMs })
      this.#lastMs = goesOn ? timeMs : null
      if (goesOn) this.invalidate()
    })
  }

  dispose() {
    this.#disposed = true
    if (this.#requested !== null) cancelAnimationFrame(this.#requested)
  }
}
