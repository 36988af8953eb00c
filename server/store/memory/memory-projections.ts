/** Projections in memory: the model for the contract, and the projections that tests of the API read. */
import type { CanvasId, Epoch, PainterId, TileNumber } from '../../../lib/brand.ts'
import { nobody } from '../../../lib/painter.ts'
import { mergeProfiles, type Profile, profilesOf } from '../../../lib/profile.ts'
import { countStats } from '../../../lib/stats.ts'
import { tileKey } from '../../../lib/tile-key.ts'
import { erasedMeanwhile } from '../erase-steps.ts'
import type { PixelRef, TileRef } from '../port.ts'
import {
  type Cursor,
  type HistoryEntry,
  type LogProjectionName,
  logProjections,
  type Projecting,
  type ProjectionStore,
  type Snapshot,
  type SnapshotInfo,
  type Standing,
} from '../projections-port.ts'

type Counts<Key> = Map<Key, number>
interface Stats {
  readonly painters: Counts<PainterId>
  readonly minutes: Counts<number>
  readonly cells: Counts<number>
}

const add = <Key>(to: Counts<Key>, from: ReadonlyMap<Key, number>) => {
  for (const [key, count] of from) to.set(key, (to.get(key) ?? 0) + count)
}
const sorted = (painters: ReadonlyMap<PainterId, number>) =>
  [...painters]
    .filter(([by, placed]) => by !== nobody && placed > 0)
    .map(([by, placed]) => ({ by, placed }))
    .sort((a, b) => b.placed - a.placed || (a.by < b.by ? -1 : 1))
const minutesSince = (minutes: ReadonlyMap<number, number>, sinceMs: number) =>
  [...minutes]
    .map(([atMs, placed]) => ({ atMs, placed }))
    .filter(({ atMs }) => atMs >= sinceMs)
    .sort((a, b) => a.atMs - b.atMs)
const noStats = (): Stats => ({ painters: new Map(), minutes: new Map(), cells: new Map() })

export interface MemoryProjectionsOptions {
  /** Yields the owner of each pixel of a board. */
  readonly ownersOf: (canvas: CanvasId) => Iterable<{ readonly by: PainterId; readonly atMs: number }>
  readonly isErased: (ref: TileRef & { readonly epoch: Epoch }) => boolean
}

export class MemoryProjections implements ProjectionStore {
  /** By projection and canvas. */
  readonly #cursors = new Map<string, Map<TileNumber, Cursor>>()
  /** By tile, position and time. */
  readonly #history = new Map<string, Map<string, HistoryEntry>>()
  readonly #stats = new Map<CanvasId, Stats>()
  #snapshots: Snapshot[] = []
  readonly #profiles = new Map<CanvasId, Map<PainterId, Profile>>()
  readonly #ownersOf: MemoryProjectionsOptions['ownersOf']
  readonly #isErased: MemoryProjectionsOptions['isErased']

  constructor(options: MemoryProjectionsOptions) {
    this.#ownersOf = options.ownersOf
    this.#isErased = options.isErased
  }

  /** Removes everything of a canvas. Returns how many tiles and snapshots there were. */
  erase(canvas: CanvasId): number {
    let removed = 0
    for (const name of logProjections) if (this.#cursors.delete(`${name}/${canvas}`)) removed++
    for (const key of this.#history.keys()) if (key.startsWith(`${canvas}/`) && this.#history.delete(key)) removed++
    if (this.#stats.delete(canvas)) removed++
    if (this.#profiles.delete(canvas)) removed++
    const others = this.#snapshots.filter((snapshot) => snapshot.canvas !== canvas)
    removed += this.#snapshots.length - others.length
    this.#snapshots = others
    return removed
  }

  async readCursors({ name, canvas }: { name: LogProjectionName; canvas: CanvasId }) {
    return new Map(this.#cursors.get(`${name}/${canvas}`))
  }

  async project({ name, canvas, tile, epoch, tileSize, after, to, commits }: Projecting) {
    if (this.#isErased({ canvas, tile, epoch })) throw erasedMeanwhile()
    const cursors = this.#cursors.get(`${name}/${canvas}`) ?? new Map<TileNumber, Cursor>()
    this.#cursors.set(`${name}/${canvas}`, cursors)
    const known = cursors.get(tile)
    if ((known?.epoch === epoch ? known.seq : 0) !== after) return false
    if (name === 'history') {
      const entries = this.#history.get(tileKey({ canvas, tile })) ?? new Map<string, HistoryEntry>()
      this.#history.set(tileKey({ canvas, tile }), entries)
      for (const { seq, atMs, cause, pixels } of commits) {
        for (const { position, color, previous, by, undoes } of pixels) {
          const undoesAtMs = undoes?.atMs ?? null
          entries.set(`${position}/${atMs}`, { position, seq, epoch, atMs, color, previous, by, cause, undoesAtMs })
        }
      }
    } else if (name === 'profiles') this.#addProfiles(canvas, profilesOf(commits, { tileSize }))
    else {
      const { painters, minutes, cells } = countStats(commits, { tileSize })
      const stats = this.#stats.get(canvas) ?? noStats()
      this.#stats.set(canvas, stats)
      add(stats.painters, painters)
      add(stats.minutes, minutes)
      add(stats.cells, cells)
    }
    cursors.set(tile, { epoch, seq: to })
    return true
  }

  async reset({ name, canvas }: { name: LogProjectionName; canvas: CanvasId }) {
    this.#cursors.delete(`${name}/${canvas}`)
    if (name === 'stats') this.#stats.delete(canvas)
    if (name === 'profiles') this.#profiles.delete(canvas)
  }

  async readHistory({ position, limit, beforeMs = Number.POSITIVE_INFINITY, ...ref }: Parameters<ProjectionStore['readHistory']>[0]) {
    const entries = this.entriesOf({ ...ref, position }).filter((entry) => entry.atMs < beforeMs)
    return entries.slice(0, limit)
  }

  /** Newest first. */
  entriesOf({ position, ...ref }: PixelRef) {
    const entries = this.#historyOf(ref).filter((entry) => entry.position === position)
    return entries.sort((a, b) => b.atMs - a.atMs)
  }

  cursorOf({ name, canvas, tile }: TileRef & { readonly name: LogProjectionName }) {
    return this.#cursors.get(`${name}/${canvas}`)?.get(tile) ?? null
  }

  async readHistoryPage({ from, limit, ...ref }: Parameters<ProjectionStore['readHistoryPage']>[0]) {
    const isAfter = (entry: HistoryEntry) =>
      from === null || entry.position > from.position || (entry.position === from.position && entry.atMs > from.atMs)
    return this.#historyOf(ref)
      .filter(isAfter)
      .sort((a, b) => a.position - b.position || a.atMs - b.atMs)
      .slice(0, limit)
  }

  async readStats({ canvas, maxPainters, sinceMs }: { canvas: CanvasId; maxPainters: number; sinceMs: number }) {
    const { painters, minutes, cells } = this.#stats.get(canvas) ?? noStats()
    return {
      painters: sorted(painters).slice(0, maxPainters),
      minutes: minutesSince(minutes, sinceMs),
      cells: new Map(cells),
    }
  }

  async readMinutes({ canvas, sinceMs }: Parameters<ProjectionStore['readMinutes']>[0]) {
    return minutesSince(this.#stats.get(canvas)?.minutes ?? new Map(), sinceMs)
  }

  async readLeaders({ canvas, day, limit }: Parameters<ProjectionStore['readLeaders']>[0]) {
    const painters = sorted(this.#placedOf(canvas, day))
    const placed = painters.reduce((sum, each) => sum + each.placed, 0)
    return { painters: painters.slice(0, limit), placed, painterCount: painters.length }
  }

  async readProfile({ canvas, painter, day }: Parameters<ProjectionStore['readProfile']>[0]) {
    const placeOf = (counts: ReadonlyMap<PainterId, number>) => {
      const placed = counts.get(painter) ?? 0
      const ahead = [...counts.values()].filter((count) => count > placed)
      return { placed, ahead: ahead.length, next: ahead.length === 0 ? null : Math.min(...ahead) }
    }
    return {
      profile: this.#profiles.get(canvas)?.get(painter) ?? null,
      all: placeOf(this.#placedOf(canvas, null)),
      day: placeOf(this.#placedOf(canvas, day)),
    }
  }

  async countStanding({ canvas, sinceMs }: Parameters<ProjectionStore['countStanding']>[0]) {
    const counts = new Map<PainterId, Standing>()
    for (const { by, atMs } of this.#ownersOf(canvas)) {
      const { all, recent } = counts.get(by) ?? { all: 0, recent: 0 }
      counts.set(by, { all: all + 1, recent: recent + (atMs >= sinceMs ? 1 : 0) })
    }
    return counts
  }

  async saveSnapshot(snapshot: Snapshot) {
    if (this.#isErased(snapshot)) return
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
    const keyOf = ({ canvas, tile, epoch, seq }: SnapshotInfo) => `${canvas}/${tile}/${epoch}/${seq}`
    const keys = new Set(snapshots.map(keyOf))
    this.#snapshots = this.#snapshots.filter((snapshot) => !keys.has(keyOf(snapshot)))
  }

  #addProfiles(canvas: CanvasId, added: ReadonlyMap<PainterId, Profile>) {
    const profiles = this.#profiles.get(canvas) ?? new Map<PainterId, Profile>()
    this.#profiles.set(canvas, profiles)
    for (const [painter, profile] of added) {
      const before = profiles.get(painter)
      profiles.set(painter, before ? mergeProfiles(before, profile) : profile)
    }
  }

  /** The counts that are above zero, in all or of a day, without `nobody`. */
  #placedOf(canvas: CanvasId, day: number | null): Map<PainterId, number> {
    const ofDay = [...(this.#profiles.get(canvas) ?? [])].flatMap(([by, profile]) =>
      profile.day === day ? [[by, profile.placedThatDay] as const] : [],
    )
    const counts = day === null ? [...(this.#stats.get(canvas)?.painters ?? [])] : ofDay
    return new Map(counts.filter(([by, placed]) => by !== nobody && placed > 0))
  }

  #historyOf({ canvas, tile }: TileRef) {
    return [...(this.#history.get(tileKey({ canvas, tile }))?.values() ?? [])]
  }
}
