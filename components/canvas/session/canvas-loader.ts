/** Loads the canvas until it is known, and again when it is out of date, at most once a second. */
import type { ProblemCode } from '../../../lib/refusal.ts'
import type { Api } from './api.ts'
import { Timer } from './timer.ts'
import type { CanvasInfo, Runtime } from './types.ts'

export interface CanvasLoaderOptions {
  readonly runtime: Pick<Runtime, 'timers'>
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
  readonly #timer: Timer
  #isLoading = false
  #isWanted = false
  #disposed = false

  constructor(options: CanvasLoaderOptions) {
    this.#options = options
    this.#timer = new Timer(options.runtime.timers)
  }

  load() {
    this.#isWanted = true
    if (this.#isLoading || this.#timer.isSet || this.#disposed) return
    this.#isWanted = false
    this.#isLoading = true
    void this.#run()
  }

  dispose() {
    this.#disposed = true
    this.#timer.clear()
  }

  async #run() {
    const { api, isKnown, onCanvas, onMissing, onFailed } = this.#options
    const answer = await api.canvas()
    this.#isLoading = false
    if (this.#disposed) return
    this.#timer.set(() => {
      if (this.#isWanted || !isKnown()) this.load()
    }, againMs)
    if (answer.kind === 'ok') onCanvas(answer.value)
    else if (answer.kind === 'problem' && answer.problem.code === 'canvas_not_found') onMissing()
    else if (isKnown()) this.#isWanted = true
    else onFailed(answer.kind === 'problem' ? answer.problem.code : answer.problem)
  }
}
