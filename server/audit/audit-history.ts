/**
 * Compares a tile's history with its log. The log is ordered by seq, the history by position, and neither fits into memory (A6). So each pixel has
 * a sum of hashes that does not depend on the order: of its log entries, minus its history entries. If the sum is not zero, a second pass names
 * the differences.
 */
import { asPosition, noSeq, type Position, type Seq } from '../../lib/brand.ts'
import type { Canvas } from '../../lib/canvas.ts'
import type { SequencedCommit } from '../../lib/commit.ts'
import type { AuditReading } from '../store/audit-port.ts'
import type { TileRef } from '../store/port.ts'
import type { HistoryEntry, ProjectionStore } from '../store/projections-port.ts'
import type { FindingKind, Report } from './finding.ts'

export type HistoryReading = Pick<AuditReading, 'scanLog'> & {
  readonly projections: Pick<ProjectionStore, 'readHistory' | 'readHistoryPage'>
}

const pageSize = 1_000
/** Positions of a tile that the second pass compares. Others are only reported as different. */
const maxPositions = 100
/** The newest entries of each of these positions. */
const maxEntries = 1_000

type Entry = Omit<HistoryEntry, 'position'>

/** FNV-1a. Two hashes with different seeds replace one of 64 bits. */
const hashOf = (text: string, seed: number): number => {
  let hash = 0x811c9dc5 ^ seed
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d)
  return (hash ^ (hash >>> 13)) >>> 0
}

export class HistorySums {
  readonly #sums: readonly [Uint32Array, Uint32Array]
  readonly #to: Seq
  /** Later commits are compared. */
  #from: Seq = noSeq

  /** `to`: the projection's cursor. */
  constructor({ tileSize }: Canvas, to: Seq) {
    this.#sums = [new Uint32Array(tileSize * tileSize), new Uint32Array(tileSize * tileSize)]
    this.#to = to
  }

  get range() {
    return { from: this.#from, to: this.#to }
  }

  /** Commits up to `to` are missing, so earlier entries cannot be compared. */
  skipTo(to: Seq) {
    for (const sums of this.#sums) sums.fill(0)
    this.#from = to
  }

  add({ seq, atMs, cause, epoch, pixels }: SequencedCommit) {
    if (seq > this.#to) return
    for (const { position, color, previous, by, undoes } of pixels) {
      this.#change(position, { seq, epoch, atMs, cause, color, previous, by, undoesAtMs: undoes?.atMs ?? null }, 1)
    }
  }

  /** Returns false if the tile does not have the position. */
  subtract(entry: HistoryEntry): boolean {
    return this.#change(entry.position, entry, -1)
  }

  *differing(): Generator<Position> {
    const [first, second] = this.#sums
    for (let position = 0; position < first.length; position++) {
      if (first[position] !== 0 || second[position] !== 0) yield asPosition(position)
    }
  }

  #change(position: number, entry: Entry, sign: 1 | -1): boolean {
    const text = `${entry.atMs}: ${wordsOf(entry)}`
    for (const [seed, sums] of this.#sums.entries()) {
      if (position >= sums.length) return false
      sums[position] = (sums[position] ?? 0) + sign * hashOf(text, seed)
    }
    return true
  }
}

interface Compared {
  readonly store: HistoryReading
  readonly canvas: Canvas
  readonly ref: TileRef
  readonly sums: HistorySums
  readonly report: Report
}

/** Call it after all commits were added. */
export const compareHistory = async ({ store, canvas, ref, sums, report }: Compared) => {
  const { from, to } = sums.range
  const isCompared = ({ epoch, seq }: HistoryEntry) => epoch === canvas.epoch && seq > from && seq <= to
  let last: HistoryEntry | null = null
  for (;;) {
    const page: HistoryEntry[] = await store.projections.readHistoryPage({ ...ref, from: last, limit: pageSize })
    for (const entry of page) {
      if (isCompared(entry) && !sums.subtract(entry)) report('history_extra', entry.seq, `the tile has no position ${entry.position}`)
    }
    last = page.at(-1) ?? null
    if (!last) break
  }
  const selected = new Set<Position>()
  for (const position of sums.differing()) {
    if (selected.size < maxPositions) selected.add(position)
    else report('history_differs', null, `position ${position}: the history and the log differ`)
  }
  if (selected.size === 0) return
  const logged = await readLogged({ store, ref, sums }, selected)
  for (const position of selected) {
    const entries = await store.projections.readHistory({ ...ref, position, limit: maxEntries })
    // If one of the two has more than `maxEntries`, both are cut at the same time.
    const sinceMs = Math.max(entries[maxEntries - 1]?.atMs ?? 0, [...(logged.get(position) ?? [])].at(-maxEntries)?.[0] ?? 0)
    const stored = entries.filter((entry) => isCompared(entry) && entry.atMs >= sinceMs)
    const known = [...(logged.get(position) ?? [])].filter(([atMs]) => atMs >= sinceMs)
    if (compareEntries({ position, logged: new Map(known), stored, report }) === 0) {
      report('history_differs', null, `position ${position}: the history and the log differ`)
    }
  }
}

type ByTime = Map<number, Entry>

/** The log's entries of the positions. */
const readLogged = async ({ store, ref, sums }: Pick<Compared, 'store' | 'ref' | 'sums'>, positions: ReadonlySet<Position>) => {
  const { from, to } = sums.range
  const logged = new Map<Position, ByTime>()
  for (let after = from; after < to; ) {
    const page = await store.scanLog({ ...ref, after, limit: pageSize })
    for (const { seq, epoch, atMs, cause, pixels } of page) {
      for (const { position, color, previous, by, undoes } of pixels ?? []) {
        if (seq > to || !positions.has(position)) continue
        const entries: ByTime = logged.get(position) ?? new Map()
        logged.set(position, entries.set(atMs, { seq, epoch, atMs, cause, color, previous, by, undoesAtMs: undoes?.atMs ?? null }))
        const [oldest] = entries.keys()
        if (entries.size > maxEntries && oldest !== undefined) entries.delete(oldest)
      }
    }
    const last = page.at(-1)
    if (!last) break
    after = last.seq
  }
  return logged
}

/** Returns the number of differences. */
const compareEntries = (options: { position: Position; logged: ByTime; stored: readonly HistoryEntry[]; report: Report }): number => {
  const { position, logged, stored, report } = options
  let different = 0
  const reportEntry = (kind: FindingKind, { seq, atMs }: Entry, detail: string) => {
    different++
    report(kind, seq, `position ${position} at ${new Date(atMs).toISOString()}: ${detail}`)
  }
  for (const entry of stored) {
    const expected = logged.get(entry.atMs)
    logged.delete(entry.atMs)
    if (!expected) reportEntry('history_extra', entry, 'no commit has it')
    else if (wordsOf(expected) !== wordsOf(entry)) {
      reportEntry('history_differs', entry, `the history has ${wordsOf(entry)}, the log has ${wordsOf(expected)}`)
    }
  }
  for (const missing of logged.values()) reportEntry('history_missing', missing, 'the history lacks it')
  return different
}

const wordsOf = ({ seq, color, previous, by, cause, undoesAtMs }: Entry) =>
  `${cause} ${previous} → ${color} by ${by} in ${seq}${undoesAtMs === null ? '' : ` of ${undoesAtMs}`}`
