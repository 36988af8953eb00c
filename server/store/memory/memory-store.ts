/**
 * A store in memory: the model that the contract suite and the property tests compare the real adapters with, and the store
 * of the simulation. Never used by a running server.
 *
 * Transactions are atomic because they run without yielding. `pause` is awaited before and after each of them: there a
 * simulation interleaves other actors, or crashes the one that waits.
 */
import { type Board, emptyBoard, undoCommits } from '../../../lib/board.ts'
import type { CanvasId, CommitId, Epoch, PainterId, PlacementId, Position, Seq, TileNumber } from '../../../lib/brand.ts'
import { asSeq, noSeq } from '../../../lib/brand.ts'
import type { Canvas, CanvasChange } from '../../../lib/canvas.ts'
import type { ChargeState } from '../../../lib/charges.ts'
import { type Commit, parsePlacementId, type SequencedCommit } from '../../../lib/commit.ts'
import { type AddedCommit, type DeadLetter, planDeadLetter, planRequeue, type StuckCommit, suspectFrom } from '../../../lib/dead-letter.ts'
import { hasTile } from '../../../lib/geometry.ts'
import { firstCommitId, type GroupPlan, type IdempotencyRecord, planGroup } from '../../../lib/plan-group.ts'
import { tileKey } from '../../../lib/tile-key.ts'
import type { AdminSession } from '../admin-sessions-port.ts'
import type { HeartbeatWithReport, StoredPoint } from '../membership-port.ts'
import { firstPage } from '../page.ts'
import { pixelsAt } from '../pixels-at.ts'
import {
  type LogPage,
  type Mark,
  type PlacementGroup,
  type ReadCommits,
  type Receipt,
  type Store,
  type StoredPixel,
  StoreError,
  type TileRef,
  type UnpublishedCommit,
} from '../port.ts'
import { isIn } from '../tile-filter.ts'
import { MemoryAdminSessions } from './memory-admin-sessions.ts'
import { MemoryMembership } from './memory-membership.ts'
import { MemoryProjections } from './memory-projections.ts'

interface OutboxEntry {
  commit: Commit
  seq: Seq | null
  publishedAtMs: number | null
  attempts: number
  error: string | null
}

export interface MemoryStoreOptions {
  readonly pause?: (point: string) => Promise<void>
}

const pixelKey = (ref: TileRef, position: Position) => `${tileKey(ref)}/${position}`
const byAtAndId = (a: OutboxEntry, b: OutboxEntry) =>
  a.commit.atMs - b.commit.atMs || (a.commit.id < b.commit.id ? -1 : a.commit.id > b.commit.id ? 1 : 0)

const compareSeq = (a: Seq | null, b: Seq | null) => (a === b ? 0 : (a ?? Number.MAX_SAFE_INTEGER) - (b ?? Number.MAX_SAFE_INTEGER))
/** By seq, then what has none yet in the order in which it will get one. */
const inLogOrder = (a: OutboxEntry, b: OutboxEntry) => compareSeq(a.seq, b.seq) || byAtAndId(a, b)

export class MemoryStore implements Store {
  readonly kind = 'memory'
  readonly #pause: (point: string) => Promise<void>
  readonly #canvases = new Map<CanvasId, Canvas>()
  readonly #pixels = new Map<string, StoredPixel>()
  readonly #charges = new Map<string, ChargeState>()
  readonly #idempotencyRecords = new Map<string, { value: IdempotencyRecord; atMs: number }>()
  readonly #outbox = new Map<CommitId, OutboxEntry>()
  readonly #heads = new Map<string, { ref: TileRef; head: Seq }>()
  readonly #membership = new MemoryMembership()
  readonly #adminSessions = new MemoryAdminSessions()
  readonly #deadLetters = new Map<CommitId, DeadLetter>()
  #publishingPaused = false
  readonly projections = new MemoryProjections((canvas) => this.#paintersOf(canvas))
  #closed = false

  constructor(options: MemoryStoreOptions = {}) {
    this.#pause = options.pause ?? (async () => undefined)
  }

  async ping() {
    await this.#transaction('ping', () => undefined)
  }

  checkWritable() {
    return this.#transaction('check-writable', () => undefined)
  }

  async close() {
    this.#closed = true
  }

  ensureCanvas(canvas: Canvas) {
    return this.#transaction('ensure-canvas', () => {
      const there = this.#canvases.get(canvas.id)
      if (there) return there
      this.#canvases.set(canvas.id, canvas)
      return canvas
    })
  }

  listCanvases() {
    return this.#transaction('list-canvases', () => [...this.#canvases.values()])
  }

  getCanvas(id: CanvasId) {
    return this.#transaction('get-canvas', () => this.#canvases.get(id) ?? null)
  }

  updateCanvas(id: CanvasId, change: CanvasChange) {
    return this.#transaction('update-canvas', () => {
      const canvas = this.#canvases.get(id)
      if (!canvas) return null
      const changed = { ...canvas, ...change, rev: canvas.rev + 1 }
      this.#canvases.set(id, changed)
      return changed
    })
  }

  place({ id, requests, nowMs, chargesNowMs = nowMs }: PlacementGroup) {
    return this.#transaction('place', () => {
      const plan = planGroup(id, requests, {
        nowMs,
        chargesNowMs,
        canvas: (canvas) => this.#canvases.get(canvas) ?? null,
        charges: (painter, canvas) => this.#charges.get(`${painter}/${canvas}`) ?? null,
        pixel: (canvas, tile, position) => this.#pixels.get(pixelKey({ canvas, tile }, position)) ?? null,
        idempotencyRecord: (painter, key) => this.#idempotencyRecords.get(`${painter}/${key}`)?.value ?? null,
      })
      this.#save(plan, chargesNowMs)
      return [...plan.outcomes]
    })
  }

  latestChargeMs() {
    return this.#transaction('latest-charge', () =>
      [...this.#charges.values()].reduce<number | null>((latest, { sinceMs }) => Math.max(latest ?? sinceMs, sinceMs), null),
    )
  }

  getCharges(painter: PainterId, canvas: CanvasId) {
    return this.#transaction('get-charges', () => this.#charges.get(`${painter}/${canvas}`) ?? null)
  }

  getPixel({ position, ...ref }: TileRef & { position: Position }) {
    return this.#transaction('get-pixel', () => this.#pixels.get(pixelKey(ref, position)) ?? null)
  }

  getReceipt(id: PlacementId) {
    return this.#transaction('get-receipt', (): Receipt | null => {
      const parsed = parsePlacementId(id)
      const entry = parsed && this.#outbox.get(parsed.commit)
      const deadLetter = parsed && this.#deadLetters.get(parsed.commit)
      const pixel = (deadLetter ?? entry?.commit)?.pixels[parsed?.index ?? -1]
      if (!entry || !pixel) return null
      const { canvas, tile, atMs } = entry.commit
      const state = entry.seq === null ? 'committed' : entry.publishedAtMs === null ? 'sequenced' : 'published'
      return { id, canvas, tile, position: pixel.position, atMs, state, seq: entry.seq }
    })
  }

  /**
   * In the steps of a database without one big lock: a snapshot, then one guarded write per commit. Sequencers may run between
   * any two of them, and no gap can form: whatever was numbered since the snapshot fills a prefix, so each write either finds
   * its number free with all below it taken, or finds it taken and stops, or finds its commit numbered and goes on.
   */
  async sequence({ limit, tiles }: { limit: number; tiles?: readonly TileRef[] | null }) {
    const wanted = await this.#transaction('sequence-read', () => {
      const next = new Map<string, number>()
      return firstPage(this.unsequenced().filter(isIn(tiles)).slice(0, limit)).map((commit) => {
        const seq = (next.get(tileKey(commit)) ?? this.head(commit)) + 1
        next.set(tileKey(commit), seq)
        return { id: commit.id, seq: asSeq(seq) }
      })
    })
    const fresh: UnpublishedCommit[] = []
    for (const { id, seq } of wanted) {
      const numbered = await this.#transaction('sequence-write', () => this.assignSeq(id, seq))
      if (numbered === 'taken') return { sequenced: fresh.length, raced: true, fresh }
      if (numbered !== 'already') fresh.push({ ...numbered, attempts: 1 })
    }
    return { sequenced: fresh.length, raced: false, fresh }
  }

  getUnpublished({ limit, tiles }: { limit: number; tiles?: readonly TileRef[] | null }) {
    return this.#transaction('get-unpublished', () => {
      const isWanted = isIn(tiles)
      const waiting = [...this.#outbox.values()]
        .filter((entry) => entry.seq !== null && entry.publishedAtMs === null && isWanted(entry.commit))
        .sort((a, b) => (a.seq ?? 0) - (b.seq ?? 0))
      // A commit is as old as the newest before it in its tile, or it would overtake that one.
      const ages = new Map<string, number>()
      const due = waiting.map((entry) => {
        const key = tileKey(entry.commit)
        const atMs = Math.max(entry.commit.atMs, ages.get(key) ?? 0)
        ages.set(key, atMs)
        return { entry, atMs }
      })
      return firstPage(
        due
          .sort((a, b) => a.atMs - b.atMs)
          .slice(0, limit)
          .flatMap(({ entry }) => sequenced(entry).map((commit): UnpublishedCommit => ({ ...commit, attempts: entry.attempts }))),
      )
    })
  }

  async markAsPublished(commits: readonly Mark[], nowMs: number) {
    const entries = () => commits.flatMap(({ id }) => this.#outbox.get(id) ?? []).filter((entry) => entry.seq !== null)
    await this.#transaction('raise-heads', () => {
      for (const { commit, seq } of entries()) if (seq !== null) this.raiseHead(commit, seq)
    })
    await this.#transaction('mark-as-published', () => {
      for (const entry of entries()) entry.publishedAtMs ??= nowMs
    })
  }

  countAttempts(ids: readonly CommitId[]) {
    return this.#transaction('count-attempts', () => {
      for (const id of ids) this.#change(id, (entry) => entry.attempts++)
    })
  }

  noteFailure({ ids, error, uncount }: { ids: readonly CommitId[]; error: string; uncount: boolean }) {
    return this.#transaction('note-failure', () => {
      for (const id of ids) {
        this.#change(id, (entry) => {
          entry.error = error
          if (uncount) entry.attempts--
        })
      }
    })
  }

  moveToDeadLetters({ id, attempts, groupId, nowMs }: { id: CommitId; attempts: number; groupId: string; nowMs: number }) {
    return this.#transaction('move-to-dead-letters', () => {
      const entry = this.#outbox.get(id)
      const [commit] = entry ? sequenced(entry) : []
      if (!entry || !commit || entry.publishedAtMs !== null || commit.cause === 'skipped' || entry.attempts !== attempts) return false
      const { restored, relink } = planDeadLetter(commit, { rowAtMs: (position) => this.#row(commit, position)?.atMs ?? null, nowMs })
      const deadLetter = { ...commit, attempts, error: entry.error, diedAtMs: nowMs, restoredAtMs: restored.atMs }
      this.#deadLetters.set(id, deadLetter)
      for (const later of this.#entriesOf(commit).sort(inLogOrder)) {
        if (later.seq !== null && later.seq <= commit.seq) continue
        const pixels = relink(later.commit.pixels)
        if (pixels) later.commit = { ...later.commit, pixels }
      }
      this.#addCommit(deadLetter, { groupId, cause: 'rollback', rowKind: 'skipped', ...restored })
      const { unknown, ...known } = entry.commit
      entry.commit = { ...known, cause: 'skipped', pixels: [] }
      entry.attempts = 0
      return true
    })
  }

  listStuck({ limit }: { limit: number }) {
    return this.#transaction('list-stuck', () => {
      const firsts = new Map<string, StuckCommit>()
      for (const { commit, seq, publishedAtMs, attempts, error } of [...this.#outbox.values()].sort(inLogOrder)) {
        if (seq === null || publishedAtMs !== null || attempts < suspectFrom || firsts.has(tileKey(commit))) continue
        const { id, canvas, tile, atMs, cause } = commit
        firsts.set(tileKey(commit), { id, canvas, tile, seq, atMs, cause, attempts, error })
      }
      return [...firsts.values()].sort((one, other) => one.atMs - other.atMs || one.id.localeCompare(other.id)).slice(0, limit)
    })
  }

  resetAttempts(id: CommitId) {
    return this.#transaction('reset-attempts', () => {
      const entry = this.#outbox.get(id)
      if (!entry || entry.seq === null || entry.publishedAtMs !== null) return false
      entry.attempts = 0
      entry.error = null
      return true
    })
  }

  listDeadLetters({ limit }: { limit: number }) {
    return this.#transaction('list-dead-letters', () => [...this.#deadLetters.values()].slice(0, limit))
  }

  retryDeadLetter({ id, groupId, nowMs }: { id: CommitId; groupId: string; nowMs: number }) {
    return this.#transaction('retry-dead-letter', () => {
      const deadLetter = this.#deadLetters.get(id)
      if (!deadLetter || deadLetter.unknown) return null
      this.#deadLetters.delete(id)
      const requeuePlan = planRequeue(deadLetter, { row: (position) => this.#row(deadLetter, position), nowMs })
      this.#addCommit(deadLetter, { groupId, cause: deadLetter.cause, rowKind: deadLetter.cause, ...requeuePlan })
      return { placed: requeuePlan.pixels.length }
    })
  }

  discardDeadLetter(id: CommitId) {
    return this.#transaction('discard-dead-letter', () => this.#deadLetters.delete(id))
  }

  isPublishingPaused() {
    return this.#transaction('is-publishing-paused', () => this.#publishingPaused)
  }

  pausePublishing(paused: boolean) {
    return this.#transaction('pause-publishing', () => {
      this.#publishingPaused = paused
    })
  }

  saveAdminSession(session: AdminSession, nowMs: number) {
    return this.#transaction('save-admin-session', () => this.#adminSessions.save(session, nowMs))
  }

  removeAdminSession(id: string) {
    return this.#transaction('remove-admin-session', () => this.#adminSessions.remove(id))
  }

  removeAllAdminSessions() {
    return this.#transaction('remove-all-admin-sessions', () => this.#adminSessions.removeAll())
  }

  readAdminSessions() {
    return this.#transaction('read-admin-sessions', () => this.#adminSessions.read())
  }

  backlog() {
    return this.#transaction('backlog', () => {
      const pending = [...this.#outbox.values()].filter((entry) => entry.publishedAtMs === null)
      return {
        unsequenced: pending.filter((entry) => entry.seq === null).length,
        unpublished: pending.filter((entry) => entry.seq !== null).length,
        oldestAtMs: pending.length === 0 ? null : Math.min(...pending.map((entry) => entry.commit.atMs)),
        dead: this.#deadLetters.size,
      }
    })
  }

  trim({ publishedBeforeMs, keysBeforeMs }: { publishedBeforeMs: number; keysBeforeMs: number }) {
    return this.#transaction('trim', () => {
      const old = [...this.#outbox.values()].filter((entry) => entry.publishedAtMs !== null && entry.publishedAtMs < publishedBeforeMs)
      for (const entry of old) this.#outbox.delete(entry.commit.id)
      for (const [key, { atMs }] of this.#idempotencyRecords) if (atMs < keysBeforeMs) this.#idempotencyRecords.delete(key)
      return { removed: old.length }
    })
  }

  beat(heartbeat: HeartbeatWithReport) {
    return this.#transaction('beat', () => this.#membership.beat(heartbeat))
  }

  endBeat(id: string) {
    return this.#transaction('end-beat', () => this.#membership.endBeat(id))
  }

  readHeartbeats() {
    return this.#transaction('read-heartbeats', () => this.#membership.readHeartbeats())
  }

  readReports() {
    return this.#transaction('read-reports', () => this.#membership.readReports())
  }

  savePoint(point: StoredPoint) {
    return this.#transaction('save-point', () => this.#membership.savePoint(point))
  }

  readPoints(options: { sinceMs: number }) {
    return this.#transaction('read-points', () => this.#membership.readPoints(options))
  }

  readBoard(ref: TileRef) {
    return this.#transaction('read-board', (): Board | null => {
      const canvas = this.#canvases.get(ref.canvas)
      if (!canvas || !hasTile(canvas, ref.tile)) return null
      const board = emptyBoard(canvas)
      const cells = canvas.tileSize * canvas.tileSize
      for (let position = 0; position < cells; position++) {
        const pixel = this.#pixels.get(pixelKey(ref, position as Position))
        if (pixel) board.colors[position] = pixel.color
      }
      undoCommits(board.colors, this.unsequencedOn(ref).reverse())
      board.seq = this.head(ref)
      return board
    })
  }

  readUnsequencedPixels({ position, maxCommits, ...ref }: TileRef & { position: Position; maxCommits: number }) {
    return this.#transaction('read-unsequenced', () =>
      this.unsequencedOn(ref)
        .slice(0, maxCommits)
        .flatMap((commit) => pixelsAt(commit, position)),
    )
  }

  readCommits({ after, limit, maxPixels, ...ref }: ReadCommits) {
    return this.#transaction('read-commits', (): LogPage | null => {
      const canvas = this.#canvases.get(ref.canvas)
      if (!canvas || !hasTile(canvas, ref.tile)) return null
      const { epoch } = canvas
      const head = this.head(ref)
      const kept = this.#entriesOf(ref)
        .flatMap(sequenced)
        .filter((commit) => commit.seq > after)
        .sort((a, b) => a.seq - b.seq)
      const oldestKept = kept[0]?.seq ?? asSeq(head + 1)
      if (after < head && oldestKept > after + 1) return { kind: 'trimmed', epoch, head, oldestKept }
      const withoutHole = kept.filter(({ seq }, index) => seq === after + 1 + index)
      return { kind: 'page', epoch, head, commits: firstPage(withoutHole.slice(0, limit), maxPixels) }
    })
  }

  readHeads(canvas: CanvasId) {
    return this.#transaction('read-heads', () => {
      const tiles = new Set<TileNumber>()
      for (const { commit, seq } of this.#outbox.values()) if (commit.canvas === canvas && seq !== null) tiles.add(commit.tile)
      for (const { ref } of this.#heads.values()) if (ref.canvas === canvas) tiles.add(ref.tile)
      return new Map([...tiles].map((tile) => [tile, this.head({ canvas, tile })]))
    })
  }

  async #transaction<Result>(name: string, run: () => Result): Promise<Result> {
    await this.#pause(`store.${name}`)
    if (this.#closed) throw new StoreError('closed', 'The store is closed.')
    const result = run()
    await this.#pause(`store.${name}.done`)
    return result
  }

  #save(plan: GroupPlan, keysAtMs: number) {
    for (const { canvas, tile, position, color, by, atMs, cause } of plan.pixels) {
      this.#pixels.set(pixelKey({ canvas, tile }, position), { color, by, atMs, cause })
    }
    for (const { painter, canvas, state } of plan.charges) this.#charges.set(`${painter}/${canvas}`, state)
    for (const { painter, key, value } of plan.idempotencyRecords)
      this.#idempotencyRecords.set(`${painter}/${key}`, { value, atMs: keysAtMs })
    for (const commit of plan.commits) this.addEntry(commit)
  }

  *#paintersOf(canvas: CanvasId) {
    for (const [key, { by, cause }] of this.#pixels) if (key.startsWith(`${canvas}/`) && cause !== 'skipped') yield by
  }

  #row(ref: TileRef, position: Position) {
    return this.#pixels.get(pixelKey(ref, position)) ?? null
  }

  #change(id: CommitId, change: (entry: OutboxEntry) => void) {
    const entry = this.#outbox.get(id)
    if (entry) change(entry)
  }

  /** Adds nothing when there are no pixels. */
  #addCommit(ref: TileRef & { epoch: Epoch }, added: AddedCommit) {
    const { canvas, tile } = ref
    const { groupId, cause, rowKind, atMs, pixels } = added
    if (pixels.length === 0) return
    const epoch = this.#canvases.get(canvas)?.epoch ?? ref.epoch
    const commit: Commit = { id: firstCommitId(groupId), canvas, tile, epoch, cause, atMs, pixels }
    for (const { position, color, by } of pixels) this.#pixels.set(pixelKey(ref, position), { color, by, atMs, cause: rowKind })
    this.addEntry(commit)
  }

  #entriesOf(ref: TileRef) {
    return [...this.#outbox.values()].filter(({ commit }) => commit.canvas === ref.canvas && commit.tile === ref.tile)
  }

  // The methods below are protected for the simulation, which makes mistakes in them on purpose.

  protected addEntry(commit: Commit) {
    this.#outbox.set(commit.id, { commit, seq: null, publishedAtMs: null, attempts: 0, error: null })
  }

  protected kept(id: CommitId): Commit | null {
    return this.#outbox.get(id)?.commit ?? null
  }

  /** Oldest first. */
  protected unsequenced(): Commit[] {
    const waiting = [...this.#outbox.values()].filter((entry) => entry.seq === null)
    return waiting.sort(byAtAndId).map(({ commit }) => commit)
  }

  /** What a board that is read from the pixels holds too early, oldest first. */
  protected unsequencedOn(ref: TileRef): Commit[] {
    return this.unsequenced().filter((commit) => tileKey(commit) === tileKey(ref))
  }

  /** Gives a commit its number, unless it has one or the number is taken. */
  protected assignSeq(id: CommitId, seq: Seq): SequencedCommit | 'already' | 'taken' {
    const entry = this.#outbox.get(id)
    if (!entry || entry.seq !== null) return 'already'
    // There are no gaps, so this says the same as a unique index on tile and seq.
    if (seq <= this.head(entry.commit)) return 'taken'
    return this.assign(entry.commit, seq)
  }

  protected assign(commit: Commit, seq: Seq): SequencedCommit {
    const entry = this.#outbox.get(commit.id)
    if (entry) {
      entry.seq = seq
      entry.attempts = 1
    }
    return { ...commit, seq }
  }

  /** The larger of the durable head and the outbox: a quiet tile's last commit expires, its number must not come again. */
  protected head(ref: TileRef): Seq {
    let head = this.#heads.get(tileKey(ref))?.head ?? noSeq
    for (const { seq } of this.#entriesOf(ref)) if (seq !== null && seq > head) head = seq
    return head
  }

  protected raiseHead({ canvas, tile }: TileRef, seq: Seq) {
    const key = tileKey({ canvas, tile })
    const there = this.#heads.get(key)
    if (!there || there.head < seq) this.#heads.set(key, { ref: { canvas, tile }, head: seq })
  }
}

const sequenced = ({ commit, seq }: OutboxEntry): SequencedCommit[] => (seq === null ? [] : [{ ...commit, seq }])
