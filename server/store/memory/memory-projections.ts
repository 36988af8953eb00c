/** Projections in memory: the model for the contract, and what the tests of the API read. */
import type { CanvasId, PainterId, TileNumber } from '../../../lib/brand.ts'
import { countStats } from '../../../lib/stats.ts'
import type { Cursor, HistoryEntry, LogProjectionName, ProjectionStore, Snapshot } from '../projections-port.ts'

type Counts<Key> = Map<Key, number>
interface Stats {
  readonly painters: Counts<PainterId>
  readonly minutes: Counts<number>
  readonly cells: Counts<number>
}

const add = <Key>(to: Counts<Key>, from: ReadonlyMap<Key, number>) => {
  for (const [key, count] of from) to.set(key, (to.get(key) ?? 0) + count)
}
const noStats = (): Stats => ({ painters: new Map(), minutes: new Map(), cells: new Map() })

export class MemoryProjections implements ProjectionStore {
  readonly #cursors = new Map<string, { canvas: CanvasId; tile: TileNumber; name: LogProjectionName; cursor: Cursor }>()
  /** By pixel, then by time. */
  readonly #history = new Map<string, Map<number, HistoryEntry>>()
  readonly #stats = new Map<CanvasId, Stats>()
  #snapshots: Snapshot[] = []
  readonly #paintersOf: (canvas: CanvasId) => Iterable<PainterId>

  /** `paintersOf` names the painter of each pixel of a board. */
  constructor(paintersOf: (canvas: CanvasId) => Iterable<PainterId>) {
    this.#paintersOf = paintersOf
  }

  async readCursors({ name, canvas }: { name: LogProjectionName; canvas: CanvasId }) {
    const here = [...this.#cursors.values()].filter((each) => each.name === name && each.canvas === canvas)
    return new Map(here.map(({ tile, cursor }) => [tile, cursor]))
  }

  async project({ name, canvas, tile, epoch, tileSize, after, to, commits }: Parameters<ProjectionStore['project']>[0]) {
    const key = `${name}/${canvas}/${tile}`
    const known = this.#cursors.get(key)?.cursor
    if ((known?.epoch === epoch ? known.seq : 0) !== after) return false
    if (name === 'history') {
      for (const { seq, atMs, cause, pixels } of commits) {
        for (const { position, color, previous, by } of pixels) {
          const entries = this.#history.get(`${canvas}/${tile}/${position}`) ?? new Map<number, HistoryEntry>()
          this.#history.set(`${canvas}/${tile}/${position}`, entries)
          entries.set(atMs, { position, seq, epoch, atMs, color, previous, by, cause })
        }
      }
    } else {
      const { painters, minutes, cells } = countStats(commits, { tileSize })
      const stats = this.#stats.get(canvas) ?? noStats()
      this.#stats.set(canvas, stats)
      add(stats.painters, painters)
      add(stats.minutes, minutes)
      add(stats.cells, cells)
    }
    this.#cursors.set(key, { canvas, tile, name, cursor: { epoch, seq: to } })
    return true
  }

  async reset({ name, canvas }: { name: LogProjectionName; canvas: CanvasId }) {
    for (const [key, each] of this.#cursors) if (each.name === name && each.canvas === canvas) this.#cursors.delete(key)
    if (name === 'stats') this.#stats.delete(canvas)
  }

  async readHistory({ canvas, tile, position, limit }: Parameters<ProjectionStore['readHistory']>[0]) {
    const entries = [...(this.#history.get(`${canvas}/${tile}/${position}`)?.values() ?? [])]
    return entries.sort((a, b) => b.atMs - a.atMs).slice(0, limit)
  }

  async readHistoryPage({ canvas, tile, from, limit }: Parameters<ProjectionStore['readHistoryPage']>[0]) {
    const all = [...this.#history].flatMap(([key, entries]) => (key.startsWith(`${canvas}/${tile}/`) ? [...entries.values()] : []))
    const isAfter = (entry: HistoryEntry) =>
      from === null || entry.position > from.position || (entry.position === from.position && entry.atMs > from.atMs)
    return all
      .filter(isAfter)
      .sort((a, b) => a.position - b.position || a.atMs - b.atMs)
      .slice(0, limit)
  }

  async readStats({ canvas, maxPainters, sinceMs }: { canvas: CanvasId; maxPainters: number; sinceMs: number }) {
    const { painters, minutes, cells } = this.#stats.get(canvas) ?? noStats()
    return {
      painters: [...painters]
        .map(([by, placed]) => ({ by, placed }))
        .sort((a, b) => b.placed - a.placed || (a.by < b.by ? -1 : 1))
        .slice(0, maxPainters),
      minutes: [...minutes]
        .map(([atMs, placed]) => ({ atMs, placed }))
        .filter(({ atMs }) => atMs >= sinceMs)
        .sort((a, b) => a.atMs - b.atMs),
      cells: new Map(cells),
    }
  }

  async countStanding(canvas: CanvasId) {
    const counts = new Map<PainterId, number>()
    for (const by of this.#paintersOf(canvas)) counts.set(by, (counts.get(by) ?? 0) + 1)
    return counts
  }

  async saveSnapshot(snapshot: Snapshot) {
    await this.deleteSnapshots({ snapshots: [snapshot] })
    this.#snapshots.push(snapshot)
  }

  async readSnapshot({ canvas, tile, epoch, maxSeq, maxAtMs }: Parameters<ProjectionStore['readSnapshot']>[0]) {
    const fitting = this.#snapshots.filter(
      (each) => each.canvas === canvas && each.tile === tile && each.epoch === epoch && each.seq <= maxSeq && each.atMs <= maxAtMs,
    )
    return fitting.sort((a, b) => b.seq - a.seq)[0] ?? null
  }

  async listSnapshots({ canvas, tile }: Parameters<ProjectionStore['listSnapshots']>[0]) {
    const here = this.#snapshots.filter((each) => each.canvas === canvas && each.tile === tile)
    return here.map(({ bytes: _, ...info }) => info).sort((a, b) => a.seq - b.seq)
  }

  async deleteSnapshots({ snapshots }: Parameters<ProjectionStore['deleteSnapshots']>[0]) {
    const isGone = ({ canvas, tile, epoch, seq }: Snapshot) =>
      snapshots.some((each) => each.canvas === canvas && each.tile === tile && each.epoch === epoch && each.seq === seq)
    this.#snapshots = this.#snapshots.filter((snapshot) => !isGone(snapshot))
  }
}
