/** Watchers of one canvas: what they received, when the last of them had each pixel, and whether their boards agree. */
import { setTimeout as wait } from 'node:timers/promises'
import { percentile } from '../framework/statistics.ts'
import { Arrivals } from './arrivals.ts'
import { FrameMemo } from './frame-memo.ts'
import { type KnownBoard, Watcher } from './watcher.ts'

const connectAtOnce = 50
/** How long the last pixel may take before it counts as lost. */
const arrivalMs = 10_000

export class Crowd {
  readonly #watchers: Watcher[] = []
  #arrivals: Arrivals | null = null

  /** Connects more watchers, spread over the ports, and waits until all have joined. A pixel has arrived when every watcher has it. */
  async watch(options: { ports: readonly number[]; count: number; board: KnownBoard; keepBoards: boolean }) {
    const { ports, count, board, keepBoards } = options
    const cells = board.colors.length
    const memo = new FrameMemo(cells)
    const arrivals = this.#arrivals ?? new Arrivals({ cells, now: () => performance.now() })
    arrivals.addWatchers(count)
    this.#arrivals = arrivals
    const fresh = Array.from(
      { length: count },
      (_, index) =>
        new Watcher({
          port: ports[index % ports.length] ?? 0,
          memo,
          board: keepBoards ? board.colors.slice() : null,
          epoch: board.epoch,
          seq: board.seq,
          onPixels: (pixels) => arrivals.arrived(pixels),
        }),
    )
    this.#watchers.push(...fresh)
    for (let start = 0; start < count; start += connectAtOnce) {
      await Promise.all(fresh.slice(start, start + connectAtOnce).map((watcher) => watcher.connect()))
    }
  }

  /** Arrivals are counted from here. */
  startCounting() {
    this.#arrivals?.reset()
  }

  expect(position: number, dueMs: number) {
    this.#arrivals?.expect(position, dueMs)
  }

  drop(position: number) {
    this.#arrivals?.drop(position)
  }

  received() {
    return { bytes: this.#sum((watcher) => watcher.bytesReceived), frames: this.#sum((watcher) => watcher.framesReceived) }
  }

  /** From the due time of a pixel until the last watcher has decoded it. Waits for outstanding pixels. */
  async arrivals() {
    const arrivals = this.#arrivals
    if (!arrivals) throw new Error('there are no watchers')
    const deadline = Date.now() + arrivalMs
    let soFar = arrivals.soFar
    while (soFar.latencies.length < soFar.due && Date.now() < deadline) {
      await wait(10)
      soFar = arrivals.soFar
    }
    const { latencies, due, unexpected } = soFar
    return { due, unexpected, shown: latencies.length, p50Ms: percentile(latencies, 0.5), p99Ms: percentile(latencies, 0.99) }
  }

  /** Waits until all are at the board's seq. @throws if one is not, has other bytes, or received frames out of order. */
  async agreeWith(board: KnownBoard) {
    const deadline = Date.now() + arrivalMs
    while (this.#watchers.some(({ seq }) => seq < board.seq) && Date.now() < deadline) await wait(10)
    const { buffer, byteOffset, byteLength } = board.colors
    const colors = Buffer.from(buffer, byteOffset, byteLength)
    const behind = this.#watchers.filter(({ seq }) => seq !== board.seq).length
    const different = this.#watchers.filter((watcher) => watcher.board && !colors.equals(watcher.board)).length
    const { gaps, overlaps } = this.disorder()
    if (behind + different + gaps + overlaps === 0) return
    throw new Error(
      `of ${this.#watchers.length} watchers ${behind} are behind, ${different} show another board; ${gaps} gaps, ${overlaps} frames twice`,
    )
  }

  disorder() {
    return { gaps: this.#sum((watcher) => watcher.gaps), overlaps: this.#sum((watcher) => watcher.overlaps) }
  }

  connected() {
    return this.#watchers.filter(({ isConnected }) => isConnected).length
  }

  /** Disconnects every watcher, waits, and reconnects all at once. Resolves when each has the head of the time it joined. */
  async cutAndReturn({ awayMs }: { awayMs: number }) {
    for (const watcher of this.#watchers) watcher.cut()
    await wait(awayMs)
    const before = this.received()
    const startMs = performance.now()
    const modes = { live: 0, replay: 0, reload: 0 }
    await Promise.all(
      this.#watchers.map(async (watcher) => {
        const { mode, head } = await watcher.connect()
        modes[mode]++
        while (watcher.seq < head) await wait(1)
      }),
    )
    return { ms: performance.now() - startMs, bytes: this.received().bytes - before.bytes, modes }
  }

  #sum(value: (watcher: Watcher) => number) {
    return this.#watchers.reduce((total, watcher) => total + value(watcher), 0)
  }
}
