/**
 * The simulated store: the in-memory store, which also records what the check needs at the end. The ledger holds every commit in the
 * order in which seqs were assigned, including commits that the outbox has let expire.
 */
import { type CommitId, noSeq, type Seq, type TileNumber } from '../lib/brand.ts'
import type { Commit, SequencedCommit } from '../lib/commit.ts'
import { controlTile } from '../lib/control-log.ts'
import { MemoryStore } from '../server/store/memory/memory-store.ts'
import { type Mark, type Store, StoreError } from '../server/store/port.ts'

export interface StoreHooks {
  readonly pause: () => Promise<void>
  readonly violations: string[]
  /** Whether a commit has ever been an entry of the stream. */
  readonly wasInStream: (id: CommitId) => boolean
}

export class SimulatedStore extends MemoryStore {
  readonly ledger = new Map<TileNumber, SequencedCommit[]>()
  /** The commits that became dead letters, as they were before. */
  readonly deadLetters: SequencedCommit[] = []
  protected readonly hooks: StoreHooks

  constructor(hooks: StoreHooks) {
    super({ pause: hooks.pause })
    this.hooks = hooks
  }

  protected override assign(commit: Commit, seq: Seq): SequencedCommit {
    const log = this.ledger.get(commit.tile) ?? []
    this.ledger.set(commit.tile, log)
    const numbered = super.assign(commit, seq)
    if (seq !== log.length + 1) this.hooks.violations.push(`tile ${commit.tile} has ${log.length} commits and the next one gets seq ${seq}`)
    log.push(numbered)
    return numbered
  }

  /** A tombstone takes the commit's seq, and later commits on its pixels have replaced another color. */
  override async moveToDeadLetters(options: Parameters<Store['moveToDeadLetters']>[0]) {
    if (!(await super.moveToDeadLetters(options))) return false
    const log = [...this.ledger.values()].find((each) => each.some(({ id }) => id === options.id)) ?? []
    this.deadLetters.push(...log.filter(({ id }) => id === options.id))
    for (const [index, { id, seq }] of log.entries()) {
      const commit = this.outbox.get(id)?.commit
      if (commit) log[index] = { ...commit, seq }
    }
    return true
  }

  /** The history follows what is published before that expires, as a projector's does. */
  override async trim(options: Parameters<Store['trim']>[0]) {
    for (const [tile, log] of this.ledger) {
      const canvas = log[0] && this.canvases.get(log[0].canvas)
      if (!canvas || tile === controlTile) continue
      const ref = { canvas: canvas.id, tile }
      const after = this.projections.cursorOf({ name: 'history', ...ref })?.seq ?? noSeq
      const isPublished = ({ id }: Commit) => (this.outbox.get(id)?.publishedAtMs ?? null) !== null
      const next = log.filter(({ seq }) => seq > after)
      const end = next.findIndex((commit) => !isPublished(commit))
      const commits = end === -1 ? next : next.slice(0, end)
      const { epoch, tileSize } = canvas
      const to = commits.at(-1)?.seq ?? after
      if (to > after) await this.projections.project({ name: 'history', ...ref, epoch, tileSize, after, to, commits })
    }
    return super.trim(options)
  }

  override markAsPublished(commits: readonly Mark[], nowMs: number) {
    for (const { id, seq } of commits) {
      if (!this.hooks.wasInStream(id)) this.hooks.violations.push(`A2 seq ${seq} is marked as published and was never in the stream`)
    }
    return super.markAsPublished(commits, nowMs)
  }
}

/** The calls of a simulated store that can fail. */
export const storeMethods = [
  'place',
  'getCanvas',
  'listCanvases',
  'serverTime',
  'updateCanvas',
  'sequence',
  'getUnpublished',
  'markAsPublished',
  'readBoard',
  'readAges',
  'readCommits',
  'readHeads',
] as const satisfies readonly (keyof Store)[]

/** A transaction whose answer was lost may have been saved. Every other call can be repeated. */
export const storeFailure = (method: string, fault: 'before' | 'after') =>
  new StoreError(method === 'place' && fault === 'after' ? 'outcome_unknown' : 'unavailable', `simulated: ${method}`)
