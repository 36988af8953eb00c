/** Loads the ages of tiles one after another, because the server makes one such answer at a time for each address. */
import type { TileNumber } from '../../../lib/brand.ts'

export interface LoadedAges {
  readonly epoch: string
  readonly atMs: number
  readonly codes: Uint8Array
}

export interface AgeLoaderOptions {
  readonly fetchAges: (tile: TileNumber, signal: AbortSignal) => Promise<LoadedAges>
  readonly onLoaded: (tile: TileNumber, ages: LoadedAges) => void
  /** A try has failed or succeeded. */
  readonly onState: (hasFailed: boolean) => void
  readonly setTimer: (callback: () => void, ms: number) => void
}

const retryMs = { first: 1_000, most: 15_000 }

export class AgeLoader {
  readonly #options: AgeLoaderOptions
  readonly #stop = new AbortController()
  #wanted: TileNumber[] = []
  #isBusy = false
  #retryMs = retryMs.first

  constructor(options: AgeLoaderOptions) {
    this.#options = options
  }

  /** The tiles to load, the most important first. Replaces those that are waiting. */
  want(tiles: readonly TileNumber[]) {
    this.#wanted = [...tiles]
    void this.#next()
  }

  dispose() {
    this.#wanted = []
    this.#stop.abort()
  }

  async #next() {
    const tile = this.#wanted[0]
    if (this.#isBusy || tile === undefined) return
    this.#isBusy = true
    const { fetchAges, onLoaded, onState, setTimer } = this.#options
    const { signal } = this.#stop
    try {
      const ages = await fetchAges(tile, signal)
      if (signal.aborted) return
      this.#retryMs = retryMs.first
      this.#wanted = this.#wanted.filter((each) => each !== tile)
      onState(false)
      onLoaded(tile, ages)
      this.#isBusy = false
      void this.#next()
    } catch {
      if (signal.aborted) return
      onState(true)
      setTimer(() => {
        this.#isBusy = false
        void this.#next()
      }, this.#retryMs)
      this.#retryMs = Math.min(retryMs.most, this.#retryMs * 2)
    }
  }
}

/** @throws when there is no answer, or another one than expected. */
export const fetchAges =
  (canvas: string, size: () => number) =>
  async (tile: TileNumber, signal: AbortSignal): Promise<LoadedAges> => {
    const response = await fetch(`/api/canvases/${encodeURIComponent(canvas)}/tiles/${tile}/ages`, { signal })
    if (!response.ok) throw new Error(`${response.status}`)
    const codes = new Uint8Array(await response.arrayBuffer())
    const atMs = Date.parse(response.headers.get('Fresco-At') ?? '')
    if (codes.length !== size() || Number.isNaN(atMs)) throw new Error('no ages')
    return { epoch: response.headers.get('Fresco-Epoch') ?? '', atMs, codes }
  }
