/** Loads the canvas until it is known, and again when it is out of date, at most once a second. */
import type { ProblemCode } from '../../../lib/refusal.ts'
import type { Api } from './api.ts'
import type { CanvasInfo, SessionEnvironment } from './types.ts'

export interface CanvasLoaderOptions extends Pick<SessionEnvironment, 'timers'> {
  readonly api: Pick<Api, 'canvas'>
  readonly isKnown: () => boolean
  readonly onCanvas: (canvas: CanvasInfo) => void
  readonly onMissing: () => void
  /** The first load failed; the loader tries again. Null if there was no answer. */
  readonly onFailed: (failure: ProblemCode | null) => void
}

const againMs = 1_000

export class CanvasLoader {
  readonly #options: CanvasLoaderOptions
  #timer: number | null = null
  #isLoading = false
  #isWanted = false
  #disposed = false

  constructor(options: CanvasLoaderOptions) {
    this.#options = options
  }

  load() {
    this.#isWanted = true
    if (this.#isLoading || this.#timer !== null || this.#disposed) return
    this.#isWanted = false
    this.#isLoading = true
    void this.#run()
  }

  dispose() {
    this.#disposed = true
    if (this.#timer !== null) this.#options.timers.clear(this.#timer)
  }

  async #run() {
    const { api, timers, isKnown, onCanvas, onMissing, onFailed } = this.#options
    const answer = await api.canvas()
    this.#isLoading = false
    if (this.#disposed) return
    this.#timer = timers.set(() => {
      this.#timer = null
      if (this.#isWanted || !isKnown()) this.load()
    }, againMs)
    if (answer.kind === 'ok') onCanvas(answer.value)
    else if (answer.kind === 'problem' && answer.problem.code === 'canvas_not_found') onMissing()
    else if (isKnown()) this.#isWanted = true
    else onFailed(answer.kind === 'problem' ? answer.problem.code : answer.problem)
  }
}
