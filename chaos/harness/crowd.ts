/** The clients of a run: painters and watchers of all web processes, and the history that they record. */
import type { HistoryWriter } from '../history-checker/history.ts'
import { Random } from '../random.ts'
import { charges } from './cluster.ts'
import { canvasEntry, type ShownCanvas } from './final-state.ts'
import { Host } from './host.ts'
import { OtherBoards } from './other-boards.ts'
import { Painters } from './painters.ts'
import { Staff, type StaffOptions } from './staff.ts'
import { Watcher } from './watcher.ts'

export interface Load {
  readonly watchers: number
  /** Painters that have a request in flight at the same time. */
  readonly workers: number
  /** Pixels a second. */
  readonly rate: number
}

export interface CrowdOptions {
  readonly webs: StaffOptions['webs']
  readonly canvas: ShownCanvas
  readonly history: HistoryWriter
  readonly seed: number
  readonly load: Load
  /** Whether watchers disconnect and reconnect by themselves. */
  readonly restless: boolean
}

const recordEveryMs = 5_000

export class Crowd {
  readonly watchers: readonly Watcher[]
  readonly #painters: Painters
  readonly #staff: Staff
  readonly #host: Host
  readonly #otherBoards: OtherBoards
  readonly #timer: NodeJS.Timeout
  #closed = false

  constructor(options: CrowdOptions) {
    const { webs, canvas, history, seed, load } = options
    const urls = webs.map(({ url }) => url)
    history.add(canvasEntry(canvas))
    // Separate random sources, so that the schedule of faults depends on the seed alone.
    const random = new Random(seed + 1)
    this.watchers = Array.from(
      { length: load.watchers },
      (_, number) =>
        new Watcher({
          number,
          urls,
          format: number % 3 === 2 ? 'json' : 'packed',
          roams: number % 2 === 1,
          random,
          history,
          canvas,
        }),
    )
    this.#staff = new Staff({ webs, history, random: new Random(seed + 3), canvas, mayPause: options.restless })
    const size = () => this.#staff.size
    this.#painters = new Painters({ urls, history, ...load, random: new Random(seed + 2), charges, size })
    this.#painters.start()
    this.#staff.start()
    this.#host = new Host({ webs, history, random: new Random(seed + 4) })
    this.#host.start()
    this.#otherBoards = new OtherBoards({ webs, random: new Random(seed + 5) })
    this.#otherBoards.start()
    this.#timer = setInterval(() => {
      for (const watcher of this.watchers) watcher.recordShown(false)
      if (options.restless) random.pick(this.watchers)?.leaveFor(200 + random.below(2_000))
    }, recordEveryMs)
  }

  get placed() {
    return this.#painters.acknowledged
  }

  stopPainting() {
    clearInterval(this.#timer)
    this.#painters.stop()
    void this.#staff.stop()
    this.#host.stop()
  }

  /** Resolves when every intent has an answer or is no longer awaited, and no step waits. */
  async answered() {
    await Promise.all([this.#painters.answered(), this.#staff.stop(), this.#host.finished(), this.#otherBoards.finished()])
  }

  /** What was wrong on the boards beside the painted one. */
  get violations(): readonly string[] {
    return this.#otherBoards.violations
  }

  refusals() {
    return [...this.#painters.refused].map(([code, count]) => `${count} ${code}`).join(', ')
  }

  /** Records what every watcher shows, and disconnects them. Returns the number of reconnects. It may be called again. */
  close(): number {
    this.stopPainting()
    for (const watcher of this.watchers) {
      if (!this.#closed) watcher.recordShown(true)
      watcher.close()
    }
    this.#closed = true
    return this.watchers.reduce((sum, watcher) => sum + watcher.reconnects, 0)
  }
}
