/**
 * The outbox in memory. The methods that are protected and not private are those that the simulation overrides with mistakes.
 *
 * A transaction is atomic because it runs without yielding. `pause` is awaited before and after each one: there, a simulation runs other
 * actors or stops the one that waits.
 */
import { asSeq, type CanvasId, type CommitId, type Epoch, noSeq, type PlacementId, type Seq, type TileNumber } from '../../../lib/brand.ts'
import type { Canvas } from '../../../lib/canvas.ts'
import { type Commit, parsePlacementId, type SequencedCommit } from '../../../lib/commit.ts'
import { controlTile } from '../../../lib/control-log.ts'
import { type StuckCommit, suspectFrom } from '../../../lib/dead-letter.ts'
import { entriesAhead } from '../../../lib/entries-ahead.ts'
import { isEmptied, isErased } from '../../../lib/erasing.ts'
import type { StoredPlacement } from '../../../lib/plan-undo.ts'
import { tileKey } from '../../../lib/tile-key.ts'
import { createPage } from '../page.ts'
import { type Attempted, type BatchOptions, type Mark, StoreError, type TileRef, type UnpublishedCommit } from '../port.ts'
import { isIn } from '../tile-filter.ts'
import { storedPlacementOf } from '../undo-reads.ts'

export interface OutboxEntry {
  commit: Commit
  seq: Seq | null
  publishedAtMs: number | null
  attempts: number
  error: string | null
}

export interface MemoryStoreOptions {
  readonly pause?: (point: string) => Promise<void>
}

const compareSeq = (a: Seq | null, b: Seq | null) => (a === b ? 0 : (a ?? Number.MAX_SAFE_INTEGER) - (b ?? Number.MAX_SAFE_INTEGER))
const byAtAndId = (a: Commit, b: Commit) => a.atMs - b.atMs || (a.id < b.id ? -1 : 1)
/** By seq; then the unsequenced commits, in the order in which they will be sequenced. */
export const inLogOrder = (a: OutboxEntry, b: OutboxEntry) => compareSeq(a.seq, b.seq) || byAtAndId(a.commit, b.commit)

export const sequencedOf = ({ commit, seq }: OutboxEntry): SequencedCommit[] => (seq === null ? [] : [{ ...commit, seq }])

/** As many of the commits as a page holds. */
export const firstPage = <Kind extends Pick<Commit, 'pixels'>>(commits: readonly Kind[], maxPixels?: number): Kind[] => {
  const page = createPage<Kind>(maxPixels)
  for (const commit of commits) if (!page.add(commit)) break
  return page.commits
}

export class MemoryOutbox {
  protected readonly canvases = new Map<CanvasId, Canvas>()
  protected readonly outbox = new Map<CommitId, OutboxEntry>()
  /** The durable heads. */
  readonly #heads = new Map<CanvasId, Map<TileNumber, Seq>>()
  readonly #pause: (point: string) => Promise<void>
  #closed = false

  constructor({ pause = async () => undefined }: MemoryStoreOptions = {}) {
    this.#pause = pause
  }

  async close() {
    this.#closed = true
  }

  /**
   * The steps of a database without a single lock: a snapshot, then one guarded write for each commit. `mongo/mongo-outbox.ts` explains why
   * no gap can form when other sequencers run between two steps.
   */
  async sequence({ limit, tiles }: BatchOptions) {
    const isWanted = isIn(tiles)
    const wanted = await this.transaction('sequence-read', () => {
      const next = new Map<string, Seq>()
      return firstPage(
        this.unsequenced()
          .filter((commit) => isWanted(commit) && !this.isErased(commit))
          .slice(0, limit),
      ).map((commit) => {
        const seq = asSeq((next.get(tileKey(commit)) ?? this.head(commit)) + 1)
        next.set(tileKey(commit), seq)
        return { id: commit.id, seq }
      })
    })
    const fresh: UnpublishedCommit[] = []
    for (const { id, seq } of wanted) {
      const sequenced = await this.transaction('sequence-write', () => this.assignSeq(id, seq))
      if (sequenced === 'taken') return { sequenced: fresh.length, raced: true, fresh }
      if (sequenced !== 'already') fresh.push({ ...sequenced, attempts: 1 })
    }
    return { sequenced: fresh.length, raced: false, fresh }
  }

  getUnpublished({ limit, tiles }: BatchOptions) {
    return this.transaction('get-unpublished', () => {
      const isWanted = isIn(tiles)
      const unpublished = this.#unpublished().filter(({ commit }) => isWanted(commit) && !this.isErased(commit))
      unpublished.sort((a, b) => tileKey(a.commit).localeCompare(tileKey(b.commit)) || compareSeq(a.seq, b.seq))
      const commits = unpublished.flatMap((entry) => sequencedOf(entry).map((commit) => ({ ...commit, attempts: entry.attempts })))
      return firstPage<UnpublishedCommit>(commits.slice(0, limit))
    })
  }

  async markAsPublished(commits: readonly Mark[], nowMs: number) {
    const entries = () => commits.flatMap(({ id }) => this.outbox.get(id) ?? [])
    await this.transaction('raise-heads', () => {
      for (const { commit, seq } of entries()) if (seq !== null) this.raiseHead(commit, seq)
    })
    await this.transaction('mark-as-published', () => {
      for (const entry of entries()) if (entry.seq !== null) entry.publishedAtMs ??= nowMs
    })
  }

  countAttempts(commits: readonly Attempted[]) {
    return this.transaction('count-attempts', () => {
      for (const { id, attempts } of commits) {
        const entry = this.outbox.get(id)
        if (entry?.attempts === attempts) entry.attempts++
      }
    })
  }

  noteFailure({ ids, error, uncount }: { ids: readonly CommitId[]; error: string; uncount: boolean }) {
    return this.transaction('note-failure', () => {
      for (const entry of ids.flatMap((id) => this.outbox.get(id) ?? [])) {
        entry.error = error
        if (uncount) entry.attempts = Math.max(0, entry.attempts - 1)
      }
    })
  }

  listStuck({ limit }: { limit: number }) {
    return this.transaction('list-stuck', () => {
      const firsts = new Map<string, StuckCommit>()
      for (const { commit, seq, attempts, error } of this.#unpublished().sort(inLogOrder)) {
        if (seq === null || attempts < suspectFrom || firsts.has(tileKey(commit))) continue
        const { id, canvas, tile, atMs, cause } = commit
        firsts.set(tileKey(commit), { id, canvas, tile, seq, atMs, cause, attempts, error })
      }
      return [...firsts.values()].sort((a, b) => a.atMs - b.atMs || a.id.localeCompare(b.id)).slice(0, limit)
    })
  }

  resetAttempts(id: CommitId) {
    return this.transaction('reset-attempts', () => {
      const entry = this.#unpublished().find(({ commit }) => commit.id === id)
      if (entry) Object.assign(entry, { attempts: 0, error: null })
      return entry !== undefined
    })
  }

  readHeads(id: CanvasId) {
    return this.transaction('read-heads', () => {
      const canvas = this.canvases.get(id)
      return new Map([...this.#headsOf(id)].filter(([tile]) => canvas && !isEmptied(canvas, { tile })))
    })
  }

  addEntry(commit: Commit) {
    this.outbox.set(commit.id, { commit, seq: null, publishedAtMs: null, attempts: 0, error: null })
  }

  protected async transaction<Result>(name: string, run: () => Result): Promise<Result> {
    await this.#pause(`store.${name}`)
    if (this.#closed) throw new StoreError('closed', 'The store is closed.')
    const result = run()
    await this.#pause(`store.${name}.done`)
    return result
  }

  protected isErased(commit: Pick<Commit, 'canvas' | 'tile' | 'epoch'>) {
    return isErased(this.canvases.get(commit.canvas) ?? null, commit)
  }

  /** Removes up to `limit` entries of the erased history of a canvas. Returns how many it removed. */
  protected eraseEntries(canvas: Canvas, limit: number): number {
    const erased = [...this.outbox.values()].filter(({ commit }) => commit.canvas === canvas.id && isErased(canvas, commit)).slice(0, limit)
    for (const { commit } of erased) this.outbox.delete(commit.id)
    return erased.length
  }

  /** Keeps the head of the control log, unless the canvas itself is removed. */
  protected forgetHeads(id: CanvasId, options: { control: boolean }) {
    const heads = this.#heads.get(id)
    for (const tile of heads?.keys() ?? []) if (options.control || tile !== controlTile) heads?.delete(tile)
  }

  protected entriesOf(ref: TileRef) {
    return [...this.outbox.values()].filter(({ commit }) => commit.canvas === ref.canvas && commit.tile === ref.tile)
  }

  /** Oldest first. */
  protected unsequenced(): Commit[] {
    const waiting = [...this.outbox.values()].filter(({ seq }) => seq === null)
    return waiting.map(({ commit }) => commit).sort(byAtAndId)
  }

  /** The commits that a board read from the pixels includes too early, oldest first. */
  protected unsequencedOn(ref: TileRef): Commit[] {
    return this.unsequenced().filter((commit) => tileKey(commit) === tileKey(ref))
  }

  protected storedPlacement(id: PlacementId): StoredPlacement | null {
    const parsed = parsePlacementId(id)
    const commit = parsed && this.outbox.get(parsed.commit)?.commit
    return commit ? storedPlacementOf(commit, commit.pixels[parsed.index]) : null
  }

  /** The entries of a tile that a projection up to `after` lacks. */
  protected entriesAfter(ref: TileRef, { after, epoch }: { after: number; epoch: Epoch | undefined }) {
    const sequenced = this.entriesOf(ref)
      .filter(({ seq, commit }) => seq !== null && seq > after && commit.epoch === epoch)
      .sort(inLogOrder)
      .flatMap(sequencedOf)
    const unsequenced = this.unsequencedOn(ref).map((commit) => ({ ...commit, seq: null }))
    return entriesAhead([...sequenced, ...unsequenced], { after, head: this.head(ref) })
  }

  /** Assigns a seq to a commit, unless it has one or the seq is taken. */
  protected assignSeq(id: CommitId, seq: Seq): SequencedCommit | 'already' | 'taken' {
    const entry = this.outbox.get(id)
    if (!entry || entry.seq !== null) return 'already'
    // There are no gaps, so this is the same as a unique index on tile and seq.
    if (seq <= this.head(entry.commit)) return 'taken'
    return this.assign(entry.commit, seq)
  }

  protected assign(commit: Commit, seq: Seq): SequencedCommit {
    const entry = this.outbox.get(commit.id)
    if (entry) Object.assign(entry, { seq, attempts: 1 })
    return { ...commit, seq }
  }

  protected head({ canvas, tile }: TileRef): Seq {
    return this.#headsOf(canvas).get(tile) ?? noSeq
  }

  protected raiseHead({ canvas, tile }: TileRef, seq: Seq) {
    const heads = this.#heads.get(canvas) ?? new Map<TileNumber, Seq>()
    this.#heads.set(canvas, heads)
    if (seq > (heads.get(tile) ?? noSeq)) heads.set(tile, seq)
  }

  /** The larger of durable head and outbox: when a tile's last commit has expired, its seq must not be assigned again. */
  #headsOf(canvas: CanvasId) {
    const heads = new Map(this.#heads.get(canvas))
    for (const { commit, seq } of this.outbox.values()) {
      if (commit.canvas === canvas && seq !== null && seq > (heads.get(commit.tile) ?? noSeq)) heads.set(commit.tile, seq)
    }
    return heads
  }

  /** Sequenced and not published. */
  #unpublished() {
    return [...this.outbox.values()].filter(({ seq, publishedAtMs }) => seq !== null && publishedAtMs === null)
  }
}
