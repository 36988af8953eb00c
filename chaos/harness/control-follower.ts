/** How a watcher follows the control log: by the seqs of its events, as PROTOCOL.md says. It records what it applies. */
import type { Entry, HistoryWriter } from '../history-checker/history.ts'

export interface JoinedControl {
  readonly head: number
  readonly mode: 'live' | 'replay' | 'reload'
}

/** The missed entries follow the answer of a join at once. */
const replayedWithinMs = 1_000

export class ControlFollower {
  readonly #w: number
  readonly #history: HistoryWriter
  #replayUntil = 0
  #replayed: NodeJS.Timeout | null = null
  seq = 0

  constructor(w: number, history: HistoryWriter) {
    this.#w = w
    this.#history = history
  }

  /** Returns whether entries are missing, so that the watcher must join again. A canvas that was not read from the log has no seq. */
  event(rev: number, seq: number | undefined): boolean {
    if (seq === undefined || seq <= this.seq) return false
    if (seq > this.seq + 1) {
      if (seq > this.#replayUntil) return true
      // A replay leaves out only entries that could not be published.
      this.#move(seq - 1, 'skipped')
    }
    this.#move(seq, 'applied', rev)
    return false
  }

  /** After `reload` the watcher would fetch the canvas. Only the seq matters here. */
  joined({ head, mode }: JoinedControl) {
    if (mode === 'reload' && head > this.seq) this.#move(head, 'reloaded')
    if (mode !== 'replay') return
    this.#replayUntil = Math.max(this.#replayUntil, head)
    if (this.#replayed) clearTimeout(this.#replayed)
    this.#replayed = setTimeout(() => {
      if (this.#replayUntil > this.seq) this.#move(this.#replayUntil, 'skipped')
    }, replayedWithinMs)
  }

  /** A process that is killed after its answer to a join has perhaps not sent the missed entries. The next join has the old seq. */
  disconnected() {
    if (this.#replayed) clearTimeout(this.#replayed)
    this.#replayUntil = 0
  }

  #move(to: number, did: Extract<Entry, { k: 'change' }>['did'], rev = to + 1) {
    this.#history.add({ k: 'change', w: this.#w, from: this.seq + 1, to, rev, did })
    this.seq = to
  }
}
