/**
 * The audit: do database, outbox and stream agree (A2 to A4)? For `fresco audit`, on a live or a stopped system.
 *
 * It reads and never writes, holds one tile at a time (A6), and names each thing that disagrees.
 */
import { noSeq } from '../../lib/brand.ts'
import type { Canvas } from '../../lib/canvas.ts'
import type { Store } from '../store/port.ts'
import type { EventStream } from '../stream/port.ts'
import { auditTile } from './audit-tile.ts'
import type { Finding } from './finding.ts'

export type AuditedStore = Pick<Store, 'listCanvases' | 'readHeads' | 'readBoard' | 'readCommits' | 'backlog'>

export interface AuditReport {
  readonly canvases: number
  readonly tiles: number
  readonly commits: number
  /** Pixels that were compared with the fold of the log. */
  readonly pixels: number
  readonly pending: number
  /** In all; `onFinding` was called once for each. */
  readonly findings: number
}

/** So long a commit may wait for its publication before it counts as stuck. */
const maxPendingMs = 60_000

export const audit = async (options: {
  store: AuditedStore
  /** Null where the stream lives in the server's process. */
  stream: Pick<EventStream, 'tails'> | null
  retentionMs: number
  now: () => number
  onFinding: (finding: Finding) => void
}): Promise<AuditReport> => {
  const { store, now, retentionMs } = options
  const totals = { tiles: 0, commits: 0, pixels: 0, findings: 0 }
  const onFinding = (finding: Finding) => {
    totals.findings++
    options.onFinding(finding)
  }
  const canvases = await store.listCanvases()
  for (const canvas of canvases) {
    // The stream before the store: what it has was in the store before.
    const streamTails = await options.stream?.tails(canvas.id)
    const heads = await store.readHeads(canvas.id)
    for (const [tile, tail] of streamTails ?? []) {
      const head = heads.get(tile) ?? noSeq
      if (tail > head) onFinding({ kind: 'stream_ahead', canvas: canvas.id, tile, seq: tail, detail: `the store's head is ${head}` })
    }
    for (const [tile, head] of heads) {
      const ref = { canvas: canvas.id, tile }
      const { commits, pixels } = await auditTile({ store, canvas, ref, head, keptFromMs: now() - retentionMs, onFinding })
      totals.tiles++
      totals.commits += commits
      totals.pixels += pixels
    }
  }
  const { unsequenced, unpublished, oldestAtMs } = await store.backlog()
  const [first] = canvases
  if (first && oldestAtMs !== null && now() - oldestAtMs > maxPendingMs) onFinding(stuck(first, now() - oldestAtMs))
  return { canvases: canvases.length, ...totals, pending: unsequenced + unpublished }
}

const stuck = (canvas: Canvas, ageMs: number): Finding => ({
  kind: 'not_published',
  canvas: canvas.id,
  tile: null,
  seq: null,
  detail: `the oldest commit that waits for its publication is ${Math.round(ageMs / 1_000)} s old`,
})
