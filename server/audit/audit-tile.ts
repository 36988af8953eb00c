/**
 * Audits one tile (A2 to A4): folds the kept log from snapshot to snapshot, and compares what comes out with them, with the pixels and with the
 * history, in one pass and with a few bytes for each pixel, however long the log is.
 *
 * It works on a live system: cursors, snapshots and board are read first, and the log only up to them. What expires meanwhile is old; a pixel
 * whose commits have all expired has nothing to be compared with, and is passed over. A commit that becomes a dead letter between two reads looks
 * like damage once, so what was found has to be there at a second look.
 */
import { asSeq, type Seq } from '../../lib/brand.ts'
import type { Canvas } from '../../lib/canvas.ts'
import { countsForStats } from '../../lib/stats.ts'
import { unpackColors } from '../projecting/snapshot-bytes.ts'
import type { ScannedCommit } from '../store/audit-port.ts'
import type { Store, TileRef } from '../store/port.ts'
import type { LogProjectionName, ProjectionStore, SnapshotInfo } from '../store/projections-port.ts'
import { compareHistory, type HistoryReading, HistorySums } from './audit-history.ts'
import type { Finding, Report } from './finding.ts'
import { LogFold } from './log-fold.ts'

export interface TileAudit {
  readonly commits: number
  /** Entries whose kind this version does not know. They are passed over. */
  readonly unknown: number
  readonly pixels: number
  readonly snapshots: number
  /** The newest that is published, 0 for none. */
  readonly published: number
  /** Pixels that the log gives to the stats, up to their cursor; `whole` when none of its commits is gone. */
  readonly counted: number
  readonly whole: boolean
}

export interface TileAuditOptions {
  readonly store: Pick<Store, 'readBoard'> &
    HistoryReading & { readonly projections: Pick<ProjectionStore, 'readSnapshot' | 'listSnapshots'> }
  readonly canvas: Canvas
  readonly ref: TileRef
  /** The tile's head, and how far projections have followed it, all read before this call. */
  readonly head: Seq
  readonly cursors: Readonly<Record<LogProjectionName, Seq>>
  /** Commits older than this may have expired. */
  readonly keptFromMs: number
  readonly onFinding: (finding: Finding) => void
}

const pageSize = 1_000

export const auditTile = async (options: TileAuditOptions): Promise<TileAudit> => {
  let isClean = true
  const audit = await new TileLook(options, () => {
    isClean = false
  }).run()
  if (isClean) return audit
  const { canvas, tile } = options.ref
  const report: Report = (kind, seq, detail) => options.onFinding({ kind, canvas, tile, seq: seq === null ? null : asSeq(seq), detail })
  return new TileLook(options, report).run()
}

class TileLook {
  readonly #options: TileAuditOptions
  readonly #report: Report
  readonly #fold: LogFold
  readonly #history: HistorySums
  /** Those that the fold has not come to yet. */
  #snapshots: SnapshotInfo[] = []
  readonly #audit = { commits: 0, unknown: 0, pixels: 0, snapshots: 0, published: 0, counted: 0, whole: true }

  constructor(options: TileAuditOptions, report: Report) {
    this.#options = options
    this.#report = report
    this.#fold = new LogFold(options.canvas, report)
    this.#history = new HistorySums(options.canvas, options.cursors.history)
  }

  async run(): Promise<TileAudit> {
    const { store, canvas, ref, head, cursors } = this.#options
    this.#snapshots = (await store.projections.listSnapshots(ref)).filter(({ epoch }) => epoch === canvas.epoch)
    const board = await store.readBoard(ref)
    if (!board) return this.#audit
    if (board.seq < head) this.#report('tail_went_back', board.seq, `the head was ${head} and is ${board.seq} now`)
    for (const name of ['history', 'stats'] as const) {
      if (cursors[name] > board.seq) this.#report('cursor_ahead', cursors[name], `${name} has followed it beyond ${board.seq}`)
    }
    for (const { seq } of this.#snapshots) if (seq > board.seq) this.#report('snapshot_ahead', seq, `the tile stands at ${board.seq}`)

    for (let more = true; more; ) {
      const page = await store.scanLog({ ...ref, after: this.#fold.seq, limit: pageSize })
      for (const commit of page) if (commit.seq <= board.seq) await this.#take(commit)
      more = page.length > 0 && this.#fold.seq < board.seq
    }
    await this.#meetSnapshots(this.#fold.seq)
    if (this.#fold.seq < board.seq) this.#passOver(board.seq)
    await this.#meetSnapshots(board.seq)
    this.#audit.pixels = this.#fold.compare(board)
    await compareHistory({ store, canvas, ref, sums: this.#history, report: this.#report })
    return this.#audit
  }

  async #take({ pixels, published, ...commit }: ScannedCommit) {
    const { seq } = commit
    if (this.#audit.commits > 0 && seq === this.#fold.seq) return this.#report('double', seq, `${commit.id} has the seq of another commit`)
    await this.#meetSnapshots(this.#fold.seq)
    if (seq > this.#fold.seq + 1) this.#passOver(asSeq(seq - 1))
    await this.#meetSnapshots(asSeq(seq - 1))
    if (!pixels) this.#report('unreadable', seq, `the pixels of ${commit.id} cannot be decoded`)
    const readable = { ...commit, pixels: pixels ?? [] }
    this.#fold.add(readable)
    this.#history.add(readable)
    if (seq <= this.#options.cursors.stats && countsForStats(commit)) this.#audit.counted += readable.pixels.length
    if (published) this.#audit.published = seq
    this.#audit.commits++
    if (commit.unknown) this.#audit.unknown++
  }

  /** Everything up to `to` is missing. What expired is gone from the old end; after something that is kept, only a commit that is old itself can be. */
  #passOver(to: Seq) {
    const mayHaveExpired = this.#audit.commits === 0 || this.#fold.lastAtMs < this.#options.keptFromMs
    if (!mayHaveExpired) this.#report('hole', this.#fold.seq + 1, `commits ${this.#fold.seq + 1} to ${to} are missing`)
    this.#fold.passOver(to)
    // A commit that was taken away is told by the history that still knows it.
    if (mayHaveExpired) this.#history.passOver(to)
    this.#audit.whole = false
  }

  /** Those up to `seq`. The fold can tell what is right only where it stands. */
  async #meetSnapshots(seq: Seq) {
    const { store, canvas, ref } = this.#options
    for (let info = this.#snapshots[0]; info && info.seq <= seq; info = this.#snapshots[0]) {
      this.#snapshots.shift()
      const snapshot = await store.projections.readSnapshot({ ...info, maxSeq: info.seq, maxAtMs: Number.MAX_SAFE_INTEGER })
      // Projectors thin them out meanwhile.
      if (snapshot?.seq !== info.seq) continue
      const colors = await unpackColors(snapshot.bytes)
      if (colors?.length !== canvas.tileSize * canvas.tileSize) {
        this.#report('unreadable', info.seq, `the bytes of this snapshot are not a tile of ${ref.canvas}`)
      } else if (info.seq === this.#fold.seq) this.#fold.meet(info, colors)
      this.#audit.snapshots++
    }
  }
}
