/**
 * Reports to the server how long a sample of pixels takes to the screen. A packed frame has no time, so the sampler reads the commit's
 * `at` from the log and corrects it with `server-clock.ts`. Without a good offset it reports nothing.
 */
import type { TileNumber } from '../../../lib/brand.ts'
import type { Frame } from '../../../lib/tile-follower.ts'
import type { Api } from './api.ts'
import type { ServerClock } from './server-clock.ts'
import type { Runtime, SessionEnvironment } from './types.ts'

export interface SeenSamplerOptions {
  readonly runtime: Pick<Runtime, 'now' | 'random'>
  readonly afterDraw: SessionEnvironment['afterDraw']
  readonly canvasId: string
  readonly api: Pick<Api, 'commitAtMs'>
  readonly clock: ServerClock
  readonly emit: (event: 'seen', payload: unknown) => void
}

const oneIn = 100
const everyMs = 10_000

export class SeenSampler {
  readonly #options: SeenSamplerOptions
  #lastMs = Number.NEGATIVE_INFINITY

  constructor(options: SeenSamplerOptions) {
    this.#options = options
  }

  frame(tile: TileNumber, { to }: Frame) {
    const { now, random } = this.#options.runtime
    if (random() >= 1 / oneIn || now() - this.#lastMs < everyMs) return
    this.#lastMs = now()
    this.#options.afterDraw(() => void this.#send(tile, to, now()))
  }

  async #send(tile: TileNumber, seq: number, drawnAtMs: number) {
    const { api, clock, canvasId, emit } = this.#options
    const answer = await api.commitAtMs(tile, seq)
    const offsetMs = clock.offsetMs()
    if (answer.kind !== 'ok' || offsetMs === null) return
    emit('seen', { canvas: canvasId, tile, seq, ms: Math.max(0, Math.round(drawnAtMs + offsetMs - answer.value)) })
  }
}
