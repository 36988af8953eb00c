/**
 * Audits one tile (A2 to A4): folds the kept log, and compares the fold with snapshots, pixels and history, in one pass and with a few bytes for
 * each pixel.
 *
 * It works on a live system: cursors, snapshots and board are read first, and the log only up to them. A pixel whose commits have all expired is
 * not compared. A commit that becomes a dead letter between two reads looks like damage once, so only a second pass reports findings.
 */
import { isDeepStrictEqual } from 'node:util'
import { asSeq, type Seq } from '../../lib/brand.ts'
import type { Canvas } from '../../lib/canvas.ts'
import type { SequencedCommit } from '../../lib/commit.ts'
import { canvasOfEntry, canvasOfLog, controlTile, templateOfEntry } from '../../lib/control-log.ts'
import { dayOf } from '../../lib/profile.ts'
import { countsForStats, earns, loserOf } from '../../lib/stats.ts'
import { unpackColors } from '../projecting/snapshot-bytes.ts'
import type { ScannedCommit } from '../store/audit-port.ts'
import type { Store, TileRef } from '../store/port.ts'
import { type LogProjectionName, logProjections, type ProjectionStore, type SnapshotInfo } from '../store/projections-port.ts'
import { CountAudit, type CountReading } from './audit-counts.ts'
import { compareHistory, type HistoryReading, HistorySums } from './audit-history.ts'
import type { Finding, Report } from './finding.ts'
import { LogFold } from './log-fold.ts'

export interface TileAudit {
  readonly commits: number
  /** Entries of kinds that this version does not support. They are not compared. */
  readonly unknown: number
  readonly pixels: number
  readonly snapshots: number
  /** The seq of the newest published commit, 0 for none. */
  readonly published: number
  /** Pixels of the log that count for the stats, up to their cursor. `whole`: no commit is missing. */
  readonly counted: number
  /** Pixels of the log that count for their painters, up to the cursor of the profiles, by day. */
  readonly earned: ReadonlyMap<number, number>
  readonly whole: boolean
}

export interface TileAuditOptions {
  readonly store: Pick<Store, 'readBoard' | 'listCanvases'> &
    HistoryReading & { readonly templates: CountReading; readonly projections: Pick<ProjectionStore, 'readSnapshot' | 'listSnapshots'> }
  readonly canvas: Canvas
  /** Whether the board was erased meanwhile, so that nothing of it agrees. */
  readonly isErased: () => Promise<boolean>
  readonly ref: TileRef
  /** The tile's head and the cursors of projections, read before this call. */
  readonly head: Seq
  readonly cursors: Readonly<Record<LogProjectionName, Seq>>
  /** Commits older than this may have expired. */
  readonly keptFromMs: number
  readonly onFinding: (finding: Finding) => void
}

const pageSize = 1_000

export const auditTile = async (options: TileAuditOptions): Promise<TileAudit> => {
  let isClean = true
  const audit = await new TileAuditor(options, () => {
    isClean = false
  }).run()
  if (isClean || (await options.isErased())) return audit
  const { canvas, tile } = options.ref
  const report: Report = (kind, seq, detail) => options.onFinding({ kind, canvas, tile, seq: seq === null ? null : asSeq(seq), detail })
  return new TileAuditor(options, report).run()
}

class TileAuditor {
  readonly #options: TileAuditOptions
  readonly #report: Report
  readonly #fold: LogFold
  readonly #history: HistorySums
  readonly #counts: CountAudit
  /** Snapshots above the fold's seq. */
  #snapshots: SnapshotInfo[] = []
  /** Of the last entry of the control log. */
  #rev = 0
  readonly #audit = {
    commits: 0,
    unknown: 0,
    pixels: 0,
    snapshots: 0,
    published: 0,
    counted: 0,
    earned: new Map<number, number>(),
    whole: true,
  }

  constructor(options: TileAuditOptions, report: Report) {
    this.#options = options
    this.#report = report
    this.#fold = new LogFold(canvasOfLog(options.canvas, options.ref.tile) ?? options.canvas, report)
    this.#history = new HistorySums(options.canvas, options.cursors.history)
    const { canvas, ref, store } = options
    this.#counts = new CountAudit({ templates: store.templates, canvas, ref, report })
  }

  async run(): Promise<TileAudit> {
    const { store, canvas, ref, head, cursors } = this.#options
    this.#snapshots = (await store.projections.listSnapshots(ref)).filter(({ epoch }) => epoch === canvas.epoch)
    if (ref.tile !== controlTile) await this.#counts.read()
    const board = await store.readBoard(ref)
    if (!board) return this.#audit
    this.#counts.checkHead(board.seq)
    // The canvas may have grown since it was read. Every commit of the board fits this one.
    this.#fold.growTo((await store.listCanvases()).find(({ id }) => id === ref.canvas) ?? canvas)
    if (board.seq < head) this.#report('tail_went_back', board.seq, `the head was ${head} and is now ${board.seq}`)
    for (const name of logProjections) {
      if (cursors[name] > board.seq) this.#report('cursor_ahead', cursors[name], `the cursor of ${name} is above the head ${board.seq}`)
    }
    for (const { seq } of this.#snapshots) if (seq > board.seq) this.#report('snapshot_ahead', seq, `the head is ${board.seq}`)

    for (let more = true; more; ) {
      const page = await store.scanLog({ ...ref, after: this.#fold.seq, limit: pageSize })
      for (const commit of page) if (commit.seq <= board.seq) await this.#take(commit)
      more = page.length > 0 && this.#fold.seq < board.seq
    }
    await this.#compareSnapshots(this.#fold.seq)
    if (this.#fold.seq < board.seq) this.#skipTo(board.seq)
    await this.#compareSnapshots(board.seq)
    this.#audit.pixels = this.#fold.compare(board)
    await compareHistory({ store, canvas, ref, sums: this.#history, report: this.#report })
    return this.#audit
  }

  async #take({ pixels, published, ...commit }: ScannedCommit) {
    const { seq } = commit
    if (this.#audit.commits > 0 && seq === this.#fold.seq) return this.#report('double', seq, `${commit.id} has the seq of another commit`)
    await this.#compareSnapshots(this.#fold.seq)
    if (seq > this.#fold.seq + 1) this.#skipTo(asSeq(seq - 1))
    await this.#compareSnapshots(asSeq(seq - 1))
    if (!pixels) this.#report('unreadable', seq, `the pixels of ${commit.id} cannot be decoded`)
    const readable = { ...commit, pixels: pixels ?? [] }
    this.#fold.add(readable)
    this.#history.add(readable)
    if (seq <= this.#options.cursors.stats && countsForStats(commit)) this.#audit.counted += readable.pixels.length
    if (seq <= this.#options.cursors.profiles) this.#countEarned(readable)
    if (published) this.#audit.published = seq
    this.#audit.commits++
    const entry = canvasOfEntry(commit)
    if (entry) this.#compareCanvas(entry, seq)
    else if (commit.content && !templateOfEntry(commit)) this.#audit.unknown++
  }

  #countEarned(commit: SequencedCommit) {
    const { earned } = this.#audit
    const add = (atMs: number, count: number) => earned.set(dayOf(atMs), (earned.get(dayOf(atMs)) ?? 0) + count)
    for (const pixel of commit.pixels) {
      if (earns(commit, pixel)) add(commit.atMs, 1)
      else if (loserOf(commit, pixel) !== null && pixel.undoes) add(pixel.undoes.atMs, -1)
    }
  }

  /** The canvas was read before the log, and may have entries without a seq. */
  #compareCanvas(entry: Canvas, seq: Seq) {
    const { canvas } = this.#options
    if (entry.rev <= this.#rev) this.#report('order', seq, `its rev ${entry.rev} is not above that of the previous entry`)
    if (entry.rev === canvas.rev && !isDeepStrictEqual(entry, canvas)) {
      this.#report('canvas_differs', seq, `the canvas has rev ${canvas.rev} with other fields`)
    }
    this.#rev = entry.rev
  }

  /** Commits up to `to` are missing. They may have expired if no older commit is kept, or if the last one is older than the retention. */
  #skipTo(to: Seq) {
    const mayHaveExpired = this.#audit.commits === 0 || this.#fold.lastAtMs < this.#options.keptFromMs
    if (!mayHaveExpired) this.#report('hole', this.#fold.seq + 1, `commits ${this.#fold.seq + 1} to ${to} are missing`)
    this.#fold.skipTo(to)
    // The history still has the entries of a commit that was deleted, so they are compared.
    if (mayHaveExpired) this.#history.skipTo(to)
    this.#audit.whole = false
  }

  /** The snapshots up to `seq`. Only a snapshot at the fold's seq can be compared. */
  async #compareSnapshots(seq: Seq) {
    await this.#counts.compareAt(this.#fold)
    const { store, canvas, ref } = this.#options
    for (let info = this.#snapshots[0]; info && info.seq <= seq; info = this.#snapshots[0]) {
      this.#snapshots.shift()
      const snapshot = await store.projections.readSnapshot({ ...info, maxSeq: info.seq, maxAtMs: Number.MAX_SAFE_INTEGER })
      // A projector may have deleted it meanwhile.
      if (snapshot?.seq !== info.seq) continue
      const colors = await unpackColors(snapshot.bytes)
      if (colors?.length !== canvas.tileSize * canvas.tileSize) {
        this.#report('unreadable', info.seq, `the bytes of the snapshot are not a tile of ${ref.canvas}`)
      } else if (info.seq === this.#fold.seq) this.#fold.compareSnapshot(info, colors)
      this.#audit.snapshots++
    }
  }
}
