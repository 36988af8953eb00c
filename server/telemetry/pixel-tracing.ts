/**
 * Traces pixels: the steps of each commit with pixels become spans after they have ended. Nothing is added to the transaction, the outbox or
 * the stream (`trace-ids.ts`). A span has no painter and no address.
 *
 *     POST /api/pixels          the root: the first request with a pixel of the commit; "place" for a socket
 *       POST /api/pixels        each further request with a pixel of the commit
 *       transaction
 *       sequence append mark    in the publisher
 *       receive emit            in each gateway
 */
import type { CommitKind } from '../../lib/commit.ts'
import { parsePlacementId } from '../../lib/commit.ts'
import type { Placement, RequestOutcome } from '../../lib/plan-group.ts'
import { type ForeignSpan, isSampled, parseTraceparent, type TraceIds, traceIdsOf } from './trace-ids.ts'

export type Attributes = Readonly<Record<string, string | number>>

export interface PixelSpan {
  readonly name: string
  readonly kind: 'internal' | 'server' | 'producer' | 'consumer'
  /** The ids of the commit's trace, and of its root span. */
  readonly ids: TraceIds
  readonly isRoot: boolean
  /** By the monotonic clock. */
  readonly beganAtMs: number
  readonly endedAtMs: number
  readonly attributes: Attributes
  /** The span of the client that sent the request. */
  readonly link: ForeignSpan | null
}

/** A request that places pixels. */
export interface RequestTrace {
  readonly name: string
  readonly beganAtMs: number
  readonly client: ForeignSpan | null
}

export interface TracedGroup {
  readonly id: string
  /** One for each request. */
  readonly outcomes: readonly RequestOutcome[]
  readonly traces: readonly (RequestTrace | null)[]
  /** The start of the transaction. */
  readonly beganAtMs: number
}

interface TracedCommit {
  readonly id: string
  readonly cause: CommitKind
  readonly pixels: readonly unknown[]
  readonly seq: number
}

export type Stage = keyof typeof stages

const stages = { sequence: 'internal', append: 'producer', mark: 'internal', receive: 'consumer', emit: 'internal' } as const

/** Further requests of a commit have no span (A6). */
export const maxRequestSpans = 32

/** No function throws, because tracing must not fail what it traces. */
export interface PixelTracing {
  /** Call it when a request begins. `name` is a route's, and never from a client. */
  begin(name: string, traceparent: string | null): RequestTrace
  /** Call it after a transaction. */
  committed(group: TracedGroup): void
  /** Call it after a step. */
  ended(stage: Stage, commits: readonly TracedCommit[], beganAtMs: number): void
}

export interface PixelTracingOptions {
  /** The part of the commits that are traced. */
  readonly ratio: number
  readonly monotonicNow: () => number
  readonly write: (span: PixelSpan) => void
  readonly onError: (error: unknown) => void
}

export const createPixelTracing = ({ ratio, monotonicNow, write, onError }: PixelTracingOptions): PixelTracing => {
  const sampledIdsOf = (commit: string): TraceIds | null => {
    const ids = traceIdsOf(commit)
    return isSampled(ids.traceId, ratio) ? ids : null
  }
  const guard =
    <Args extends unknown[]>(act: (...args: Args) => void) =>
    (...args: Args) => {
      try {
        act(...args)
      } catch (error) {
        onError(error)
      }
    }

  const committed = ({ id, outcomes, traces, beganAtMs }: TracedGroup) => {
    const endedAtMs = monotonicNow()
    for (const [commit, { placement, placements, requests }] of placedCommits(id, outcomes)) {
      const ids = sampledIdsOf(commit)
      if (!ids) continue
      const common = { kind: 'server', ids, isRoot: false, beganAtMs, endedAtMs, attributes: {}, link: null } as const
      const { canvas, tile } = placement
      const attributes = { 'fresco.commit': commit, 'fresco.canvas': canvas, 'fresco.tile': tile, 'fresco.placements': placements }
      const [first, ...others] = [...requests].slice(0, maxRequestSpans).flatMap((index) => traces[index] ?? [])
      if (first) write({ ...common, name: first.name, isRoot: true, beganAtMs: first.beganAtMs, attributes, link: first.client })
      for (const { name, beganAtMs: from, client } of others) write({ ...common, name, beganAtMs: from, link: client })
      write({ ...common, name: 'transaction', kind: 'internal', attributes: { 'fresco.requests': outcomes.length } })
    }
  }

  const ended: PixelTracing['ended'] = (stage, commits, beganAtMs) => {
    const endedAtMs = monotonicNow()
    for (const commit of commits) {
      const ids = commit.cause === 'paint' && commit.pixels.length > 0 ? sampledIdsOf(commit.id) : null
      if (!ids) continue
      const attributes = { 'fresco.seq': commit.seq }
      write({ name: stage, kind: stages[stage], ids, isRoot: false, beganAtMs, endedAtMs, attributes, link: null })
    }
  }

  return {
    begin: (name, traceparent) => ({ name, beganAtMs: monotonicNow(), client: parseTraceparent(traceparent) }),
    committed: guard(committed),
    ended: guard(ended),
  }
}

interface PlacedCommit {
  readonly placement: Placement
  placements: number
  /** Their indexes. */
  readonly requests: Set<number>
}

/** The commits of a group. A repeated request has placements of an earlier group. */
const placedCommits = (groupId: string, outcomes: readonly RequestOutcome[]): ReadonlyMap<string, PlacedCommit> => {
  const commits = new Map<string, PlacedCommit>()
  for (const [index, outcome] of outcomes.entries()) {
    if (outcome.kind !== 'done') continue
    for (const result of outcome.results) {
      const commit = result.ok && result.placement.id.startsWith(groupId) ? parsePlacementId(result.placement.id)?.commit : undefined
      if (!result.ok || commit === undefined) continue
      const known = commits.get(commit) ?? { placement: result.placement, placements: 0, requests: new Set() }
      known.placements++
      known.requests.add(index)
      commits.set(commit, known)
    }
  }
  return commits
}
