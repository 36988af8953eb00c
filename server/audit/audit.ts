/**
 * The audit checks that database, outbox, stream, snapshots, history and statistics agree (A2 to A4), on a live or a stopped system.
 *
 * It never writes, holds one tile at a time (A6), and reports each disagreement. Projections are compared up to their cursors.
 */
import { asSeq, type CanvasId, type Epoch, noSeq, type Seq, type TileNumber } from '../../lib/brand.ts'
import type { Canvas } from '../../lib/canvas.ts'
import { controlTile } from '../../lib/control-log.ts'
import type { StuckCommit } from '../../lib/dead-letter.ts'
import type { AuditReading, ProfileSums, StatsSums } from '../store/audit-port.ts'
import type { Store } from '../store/port.ts'
import type { Cursor, ProjectionStore } from '../store/projections-port.ts'
import type { CountReading } from './audit-counts.ts'
import { auditTile, type TileAudit } from './audit-tile.ts'
import type { Finding, FindingKind } from './finding.ts'

export type AuditedStore = Pick<Store, 'listCanvases' | 'readHeads' | 'readBoard' | 'backlog' | 'listStuck'> &
  AuditReading & {
    readonly templates: CountReading
    readonly projections: Pick<ProjectionStore, 'readCursors' | 'readHistory' | 'readHistoryPage' | 'readSnapshot' | 'listSnapshots'>
  }

export interface AuditedStream {
  /** Empty if the stream has another epoch, because its heads then mean nothing. */
  readHeads(canvas: CanvasId, epoch: Epoch): Promise<ReadonlyMap<TileNumber, Seq>>
}

export interface AuditReport {
  readonly canvases: number
  /** Of them, those whose former data is being removed. They are not compared. */
  readonly erasing: number
  readonly tiles: number
  readonly commits: number
  /** Entries of kinds that only a newer version supports. They are not compared. */
  readonly unknown: number
  /** Pixels that were compared with the fold of the log. */
  readonly pixels: number
  readonly snapshots: number
  readonly pending: number
  /** The number of calls of `onFinding`. */
  readonly findings: number
}

/** A commit that waits longer for its publication is a finding. */
const maxPendingMs = 60_000
/** A stuck commit is a finding only after this time, because the next round may publish it. */
const maxTryingMs = 10_000
const maxStuck = 1_000

interface AuditOptions {
  readonly store: AuditedStore
  /** Null for the embedded stream. */
  readonly stream: AuditedStream | null
  readonly retentionMs: number
  readonly now: () => number
  readonly onFinding: (finding: Finding) => void
}

export const audit = async (options: AuditOptions): Promise<AuditReport> => {
  const { store, now } = options
  const totals = { tiles: 0, commits: 0, unknown: 0, pixels: 0, snapshots: 0, findings: 0 }
  const onFinding = (finding: Finding) => {
    totals.findings++
    options.onFinding(finding)
  }
  const canvases = await store.listCanvases()
  for (const canvas of canvases) {
    // Its rows are being removed, and nobody reads them.
    if (canvas.erasing) continue
    for await (const { number, ...tile } of auditCanvas({ ...options, onFinding }, canvas)) {
      if (number !== controlTile) totals.tiles++
      for (const part of ['commits', 'unknown', 'pixels', 'snapshots'] as const) totals[part] += tile[part]
    }
  }
  const { unsequenced, unpublished, oldestAtMs } = await store.backlog()
  const [first] = canvases
  if (first && oldestAtMs !== null && now() - oldestAtMs > maxPendingMs) onFinding(notPublished(first, now() - oldestAtMs))
  for (const commit of await store.listStuck({ limit: maxStuck })) if (now() - commit.atMs > maxTryingMs) onFinding(stuck(commit))
  const erasing = canvases.filter((canvas) => canvas.erasing).length
  return { canvases: canvases.length, erasing, ...totals, pending: unsequenced + unpublished }
}

async function* auditCanvas(
  { store, stream, retentionMs, now, onFinding }: AuditOptions,
  canvas: Canvas,
): AsyncGenerator<TileAudit & { number: TileNumber }> {
  /** Whether the board was deleted or started over since the audit began. */
  const isErased = async () =>
    !(await store.listCanvases()).some(({ id, epoch, erasing }) => id === canvas.id && epoch === canvas.epoch && !erasing)
  const findings: Finding[] = []
  const report = (kind: FindingKind, tile: TileNumber | null, seq: number | null, detail: string) =>
    findings.push({ kind, canvas: canvas.id, tile, seq: seq === null ? null : asSeq(seq), detail })
  // The stream and the cursors are read before the store, so that the store has all of their commits.
  const streamed = await stream?.readHeads(canvas.id, canvas.epoch)
  const sums = await store.sumStats(canvas.id)
  const profiles = await store.sumProfiles(canvas.id)
  const history = await store.projections.readCursors({ name: 'history', canvas: canvas.id })
  const heads = await store.readHeads(canvas.id)
  for (const [tile, streamHead] of streamed ?? []) {
    const head = heads.get(tile) ?? noSeq
    if (streamHead > head) report('stream_ahead', tile, streamHead, `the store's head is ${head}`)
  }
  const seqIn = (cursors: ReadonlyMap<TileNumber, Cursor>, tile: TileNumber) => {
    const cursor = cursors.get(tile)
    return cursor?.epoch === canvas.epoch ? cursor.seq : noSeq
  }
  const published = new Map<TileNumber, number>()
  const counted = { pixels: 0, earned: new Map<number, number>(), whole: true }
  for (const tile of await store.listTiles(canvas.id)) {
    const cursors = { history: seqIn(history, tile), stats: seqIn(sums.cursors, tile), profiles: seqIn(profiles.cursors, tile) }
    const ref = { canvas: canvas.id, tile }
    const keptFromMs = now() - retentionMs
    const audited = await auditTile({ store, canvas, isErased, ref, head: heads.get(tile) ?? noSeq, cursors, keptFromMs, onFinding })
    published.set(tile, audited.published)
    counted.pixels += audited.counted
    for (const [day, count] of audited.earned) counted.earned.set(day, (counted.earned.get(day) ?? 0) + count)
    // The control log has no pixels to count.
    counted.whole &&= audited.whole || tile === controlTile
    yield { ...audited, number: tile }
  }
  const headsNow = await store.readHeads(canvas.id)
  for (const [tile, seq] of published) {
    if (seq > (headsNow.get(tile) ?? 0))
      report('tail_low', tile, seq, `it is published, and the durable head is ${headsNow.get(tile) ?? 0}`)
  }
  compareStats(sums, counted, (detail) => report('stats_differ', null, null, detail))
  compareProfiles(profiles, counted, (detail) => report('profiles_differ', null, null, detail))
  if (findings.length > 0 && !(await isErased())) for (const finding of findings) onFinding(finding)
}

/** The statistics include expired commits. If some have expired, the sums may exceed those of the log. */
const compareStats = (
  { painters, minutes, cells }: StatsSums,
  { pixels, whole }: { pixels: number; whole: boolean },
  report: (detail: string) => void,
) => {
  if (painters !== minutes || painters !== cells) report(`painters have ${painters} pixels in all, minutes ${minutes}, cells ${cells}`)
  else if (whole ? painters !== pixels : painters < pixels) {
    report(`they have ${painters} pixels in all, and the log has ${pixels}`)
  }
}

/** As for the statistics. Painters who have not painted on the newest day are not in its sum. */
const compareProfiles = (
  { placed, newestDay }: ProfileSums,
  { earned, whole }: { earned: ReadonlyMap<number, number>; whole: boolean },
  report: (detail: string) => void,
) => {
  const inLog = [...earned.values()].reduce((sum, count) => sum + count, 0)
  const days = [...earned.keys()]
  const [lastDay, ofLastDay] = [Math.max(...days), earned.get(Math.max(...days)) ?? 0]
  const differs = (stored: number, logged: number) => (whole ? stored !== logged : stored < logged)
  if (differs(placed, inLog)) report(`they have ${placed} pixels in all, and the log has ${inLog}`)
  else if (days.length > 0 && newestDay?.day === lastDay && differs(newestDay.placed, ofLastDay)) {
    report(`they have ${newestDay.placed} pixels of their newest day, and the log has ${ofLastDay}`)
  }
}

const notPublished = (canvas: Canvas, ageMs: number): Finding => ({
  kind: 'not_published',
  canvas: canvas.id,
  tile: null,
  seq: null,
  detail: `the oldest unpublished commit is ${Math.round(ageMs / 1_000)} s old`,
})

const stuck = ({ canvas, tile, seq, atMs, cause, attempts, error }: StuckCommit): Finding => ({
  kind: 'stuck',
  canvas,
  tile,
  seq,
  detail: `${cause === 'skipped' ? 'a tombstone' : 'a commit'} of ${new Date(atMs).toISOString()} failed ${attempts} times (${error ?? 'its publisher ended'}) and blocks the tile`,
})
