/** The store in memory: the model that tests compare the adapters with, and the store of the simulation. Never used by a running server. */
import type { Act } from '../../../lib/act.ts'
import { type Board, emptyBoard, undoCommits } from '../../../lib/board.ts'
import {
  asSeq,
  type CanvasId,
  type CommitId,
  type Epoch,
  noSeq,
  type PainterId,
  type PlacementId,
  type Position,
} from '../../../lib/brand.ts'
import type { Canvas } from '../../../lib/canvas.ts'
import type { ChargeState } from '../../../lib/charges.ts'
import { parsePlacementId } from '../../../lib/commit.ts'
import { canvasOfLog, controlKind, planAnnounceAgain } from '../../../lib/control-log.ts'
import { type AddedCommit, type DeadLetter, planDeadLetter, planRequeue, type Retried } from '../../../lib/dead-letter.ts'
import { isEmptied, isGone } from '../../../lib/erasing.ts'
import { nobody } from '../../../lib/painter.ts'
import type { PixelEntry } from '../../../lib/pixel-fold.ts'
import { firstCommitId, type GroupPlan, type IdempotencyRecord, planGroup } from '../../../lib/plan-group.ts'
import { tileKey } from '../../../lib/tile-key.ts'
import type { ActEnd, ActQuery } from '../acts-port.ts'
import { type AdminSession, sessionsToRemove } from '../admin-sessions-port.ts'
import type { HeartbeatWithReport, StoredPoint } from '../membership-port.ts'
import { pixelsAt } from '../pixels-at.ts'
import type { LogPage, PixelRef, PlacementGroup, ReadCommits, Receipt, Store, StoredPixel, TileRef } from '../port.ts'
import { standsForNobody } from '../projections-port.ts'
import { MemoryActs } from './memory-acts.ts'
import { agesOf } from './memory-ages.ts'
import { MemoryCanvases } from './memory-canvases.ts'
import { MemoryMembership } from './memory-membership.ts'
import { firstPage, inLogOrder, sequencedOf } from './memory-outbox.ts'
import { MemoryProjections } from './memory-projections.ts'

const pixelKey = (ref: TileRef, position: Position) => `${tileKey(ref)}/${position}`

export class MemoryStore extends MemoryCanvases implements Store {
  readonly kind = 'memory'
  readonly #pixels = new Map<string, StoredPixel>()
  readonly #charges = new Map<string, ChargeState>()
  readonly #idempotencyRecords = new Map<string, { value: IdempotencyRecord; atMs: number }>()
  readonly #deadLetters = new Map<CommitId, DeadLetter>()
  readonly #membership = new MemoryMembership()
  readonly #acts = new MemoryActs()
  readonly #adminSessions = new Map<string, AdminSession>()
  readonly projections = new MemoryProjections({
    ownersOf: (canvas) => this.#ownersOf(canvas),
    isErased: (ref) => this.isErased(ref),
  })
  #publishingPaused = false

  ping = () => this.transaction('ping', () => undefined)
  checkWritable = () => this.transaction('check-writable', () => undefined)
  serverTime(): Promise<number | null> {
    return this.transaction('server-time', () => null)
  }

  eraseRows({ id, limit }: Parameters<Store['eraseRows']>[0]) {
    return this.transaction('erase-rows', () => {
      const canvas = this.canvases.get(id)
      if (canvas?.erasing == null) return { removed: 0, next: null }
      const removed = this.#eraseSome(canvas, limit)
      return { removed, next: removed === 0 ? null : { step: 0, after: '' } }
    })
  }

  removeCanvas({ id, epoch }: { id: CanvasId; epoch: Epoch }) {
    return this.transaction('remove-canvas', () => {
      const canvas = this.canvases.get(id)
      if (canvas?.erasing !== 'delete' || canvas.epoch !== epoch) return false
      this.canvases.delete(id)
      for (const entry of this.outbox.values()) if (entry.commit.canvas === id) this.outbox.delete(entry.commit.id)
      this.forgetHeads(id, { control: true })
      this.webhooks.forget(id)
      return true
    })
  }

  place({ id, requests, nowMs, chargesNowMs = nowMs }: PlacementGroup) {
    return this.transaction('place', () => {
      const plan = planGroup(id, requests, {
        nowMs,
        chargesNowMs,
        canvas: (canvas) => this.canvases.get(canvas) ?? null,
        charges: (painter, canvas) => this.#charges.get(`${painter}/${canvas}`) ?? null,
        pixel: (canvas, tile, position) => this.#pixelAt({ canvas, tile }, position),
        idempotencyRecord: (painter, key) => this.#idempotencyRecords.get(`${painter}/${key}`)?.value ?? null,
        placement: (placement) => this.storedPlacement(placement),
        history: (ref) => this.#history(ref),
      })
      this.#save(plan, chargesNowMs)
      return [...plan.outcomes]
    })
  }

  latestChargeMs() {
    return this.transaction('latest-charge', () =>
      [...this.#charges.values()].reduce<number | null>((latest, { sinceMs }) => Math.max(latest ?? sinceMs, sinceMs), null),
    )
  }

  getCharges(painter: PainterId, canvas: CanvasId) {
    return this.transaction('get-charges', () => this.#charges.get(`${painter}/${canvas}`) ?? null)
  }

  getPixel = (ref: PixelRef) => this.transaction('get-pixel', () => this.#pixelAt(ref, ref.position))

  getReceipt(id: PlacementId) {
    return this.transaction('get-receipt', (): Receipt | null => {
      const parsed = parsePlacementId(id)
      const entry = parsed && this.outbox.get(parsed.commit)
      const deadLetter = parsed && this.#deadLetters.get(parsed.commit)
      const pixel = (deadLetter ?? entry?.commit)?.pixels[parsed?.index ?? -1]
      if (!entry || !pixel) return null
      const { canvas, tile, atMs } = entry.commit
      const state = entry.seq === null ? 'committed' : entry.publishedAtMs === null ? 'sequenced' : 'published'
      return { id, canvas, tile, position: pixel.position, atMs, state, seq: entry.seq }
    })
  }

  moveToDeadLetters({ id, attempts, groupId, nowMs }: Parameters<Store['moveToDeadLetters']>[0]) {
    return this.transaction('move-to-dead-letters', () => {
      const entry = this.outbox.get(id)
      const [commit] = entry ? sequencedOf(entry) : []
      if (
        !entry ||
        !commit ||
        this.isErased(commit) ||
        entry.publishedAtMs !== null ||
        commit.cause === 'skipped' ||
        entry.attempts !== attempts
      )
        return false
      const rowAtMs = (position: Position) => this.#pixelAt(commit, position)?.atMs ?? null
      const { restored, relink } = planDeadLetter(commit, { rowAtMs, nowMs })
      const deadLetter = { ...commit, attempts, error: entry.error, diedAtMs: nowMs, restoredAtMs: restored.atMs }
      this.#deadLetters.set(id, deadLetter)
      for (const later of this.entriesOf(commit).sort(inLogOrder)) {
        if (later.seq !== null && later.seq <= commit.seq) continue
        const pixels = relink(later.commit.pixels)
        if (pixels) later.commit = { ...later.commit, pixels }
      }
      this.#addCommit(deadLetter, { groupId, cause: 'rollback', rowKind: 'skipped', ...restored })
      const { content, ...known } = entry.commit
      Object.assign(entry, { commit: { ...known, cause: 'skipped', pixels: [] }, attempts: 0 })
      return true
    })
  }

  listDeadLetters({ limit }: { limit: number }) {
    return this.transaction('list-dead-letters', () => [...this.#deadLetters.values()].slice(0, limit))
  }

  retryDeadLetter({ id, groupId, nowMs }: Parameters<Store['retryDeadLetter']>[0]) {
    return this.transaction('retry-dead-letter', (): Retried | null => {
      const deadLetter = this.#deadLetters.get(id)
      if (!deadLetter || this.isErased(deadLetter) || (deadLetter.content && deadLetter.content.kind !== controlKind)) return null
      this.#deadLetters.delete(id)
      if (deadLetter.content) return this.#announceAgain(deadLetter.canvas, { groupId, nowMs })
      const plan = planRequeue(deadLetter, { row: (position) => this.#pixelAt(deadLetter, position), nowMs })
      this.#addCommit(deadLetter, { groupId, cause: deadLetter.cause, rowKind: deadLetter.cause, ...plan })
      return { placed: plan.pixels.length }
    })
  }

  #announceAgain(id: CanvasId, options: { groupId: string; nowMs: number }): Retried {
    const canvas = this.canvases.get(id)
    return canvas ? { placed: 0, rev: this.saveChange(planAnnounceAgain(canvas, options)).rev } : { placed: 0 }
  }

  discardDeadLetter = (id: CommitId) => this.transaction('discard-dead-letter', () => this.#deadLetters.delete(id))

  isPublishingPaused = () => this.transaction('is-publishing-paused', () => this.#publishingPaused)

  pausePublishing(paused: boolean) {
    return this.transaction('pause-publishing', () => {
      this.#publishingPaused = paused
    })
  }

  backlog() {
    return this.transaction('backlog', () => {
      const pending = [...this.outbox.values()].filter((entry) => entry.publishedAtMs === null)
      const unsequenced = pending.filter((entry) => entry.seq === null).length
      const oldestAtMs = pending.length === 0 ? null : Math.min(...pending.map((entry) => entry.commit.atMs))
      return { unsequenced, unpublished: pending.length - unsequenced, oldestAtMs, dead: this.#deadLetters.size }
    })
  }

  trim({ publishedBeforeMs, keysBeforeMs }: Parameters<Store['trim']>[0]) {
    return this.transaction('trim', () => {
      const old = [...this.outbox.values()].filter((entry) => entry.publishedAtMs !== null && entry.publishedAtMs < publishedBeforeMs)
      for (const entry of old) this.outbox.delete(entry.commit.id)
      for (const [key, { atMs }] of this.#idempotencyRecords) if (atMs < keysBeforeMs) this.#idempotencyRecords.delete(key)
      return { removed: old.length }
    })
  }

  readAges({ nowMs, ...ref }: Parameters<Store['readAges']>[0]) {
    return this.transaction('read-ages', () =>
      agesOf(this.canvases.get(ref.canvas) ?? null, { ...ref, nowMs, pixelAt: (position) => this.#pixelAt(ref, position) }),
    )
  }

  readBoard(ref: TileRef) {
    return this.transaction('read-board', (): Board | null => {
      const canvas = this.#canvasWith(ref)
      if (!canvas) return null
      const board = emptyBoard(canvas)
      if (isEmptied(canvas, ref)) return board
      for (const position of board.colors.keys()) {
        const pixel = this.#pixelAt(ref, position as Position)
        if (pixel) board.colors[position] = pixel.color
      }
      undoCommits(board.colors, this.unsequencedOn(ref).reverse())
      board.seq = this.head(ref)
      return board
    })
  }

  readUnsequencedPixels({ position, maxCommits, ...ref }: PixelRef & { maxCommits: number }) {
    return this.transaction('read-unsequenced', () =>
      this.unsequencedOn(ref)
        .slice(0, maxCommits)
        .flatMap((commit) => pixelsAt(commit, position)),
    )
  }

  readCommits({ after, limit, maxPixels, ...ref }: ReadCommits) {
    return this.transaction('read-commits', (): LogPage | null => {
      const canvas = this.#canvasWith(ref)
      if (!canvas) return null
      const { epoch } = canvas
      if (isEmptied(canvas, ref)) return { kind: 'page', epoch, head: noSeq, commits: [] }
      const head = this.head(ref)
      const log = this.entriesOf(ref).sort(inLogOrder).flatMap(sequencedOf)
      const kept = log.filter((commit) => commit.seq > after && commit.epoch === epoch)
      const oldestKept = kept[0]?.seq ?? asSeq(head + 1)
      if (after < head && oldestKept > after + 1) return { kind: 'trimmed', epoch, head, oldestKept }
      const withoutGap = kept.filter(({ seq }, index) => seq === after + 1 + index)
      return { kind: 'page', epoch, head, commits: firstPage(withoutGap.slice(0, limit), maxPixels) }
    })
  }

  beat = (heartbeat: HeartbeatWithReport) => this.transaction('beat', () => this.#membership.beat(heartbeat))
  endBeat = (id: string) => this.transaction('end-beat', () => this.#membership.endBeat(id))
  readHeartbeats = () => this.transaction('read-heartbeats', () => this.#membership.readHeartbeats())
  readReports = () => this.transaction('read-reports', () => this.#membership.readReports())
  savePoint = (point: StoredPoint) => this.transaction('save-point', () => this.#membership.savePoint(point))
  readPoints = (options: { sinceMs: number }) => this.transaction('read-points', () => this.#membership.readPoints(options))

  saveAdminSession(session: AdminSession, nowMs: number) {
    return this.transaction('save-admin-session', () => {
      this.#adminSessions.set(session.id, session)
      for (const id of sessionsToRemove([...this.#adminSessions.values()], nowMs)) this.#adminSessions.delete(id)
    })
  }

  removeAdminSession = (id: string) => this.transaction('remove-admin-session', () => void this.#adminSessions.delete(id))
  removeAllAdminSessions = () => this.transaction('remove-all-admin-sessions', () => this.#adminSessions.clear())
  readAdminSessions = () => this.transaction('read-admin-sessions', () => [...this.#adminSessions.values()])

  saveAct = (act: Act) => this.transaction('save-act', () => this.#acts.save(act))
  endAct = (end: ActEnd) => this.transaction('end-act', () => this.#acts.end(end))
  readActs = (wanted: ActQuery) => this.transaction('read-acts', () => this.#acts.read(wanted))

  #history({ position, ...ref }: PixelRef): PixelEntry[] | null {
    const epoch = this.canvases.get(ref.canvas)?.epoch
    const cursor = this.projections.cursorOf({ name: 'history', ...ref })
    const after = cursor?.epoch === epoch ? (cursor?.seq ?? 0) : 0
    const byPosition = this.entriesAfter(ref, { after, epoch })
    const ahead = byPosition?.get(position) ?? []
    const before = ahead.at(-1)?.atMs ?? Number.POSITIVE_INFINITY
    const projected = this.projections.entriesOf({ ...ref, position }).filter((entry) => entry.atMs < before && entry.epoch === epoch)
    return byPosition && [...ahead, ...projected]
  }

  #canvasWith({ canvas: id, tile }: TileRef): Canvas | null {
    const canvas = this.canvases.get(id) ?? null
    return isGone(canvas) ? null : canvasOfLog(canvas, tile)
  }

  #pixelAt(ref: TileRef, position: Position) {
    return this.#pixels.get(pixelKey(ref, position)) ?? null
  }

  *#ownersOf(canvas: CanvasId) {
    for (const [key, pixel] of this.#pixels) {
      if (key.startsWith(`${canvas}/`) && pixel.by !== nobody && !standsForNobody.includes(pixel.cause)) yield pixel
    }
  }

  #eraseSome(canvas: Canvas, limit: number): number {
    const { id } = canvas
    const entries = this.eraseEntries(canvas, limit)
    if (entries > 0) return entries
    const letters = [...this.#deadLetters.values()].filter((letter) => letter.canvas === id).map((letter) => letter.id)
    const pixels = [...this.#pixels.keys()].filter((key) => key.startsWith(`${id}/`))
    const charges = [...this.#charges.keys()].filter((key) => key.endsWith(`/${id}`))
    for (const letter of letters.slice(0, limit)) this.#deadLetters.delete(letter)
    for (const key of pixels.slice(0, limit)) this.#pixels.delete(key)
    for (const key of charges.slice(0, limit)) this.#charges.delete(key)
    this.forgetHeads(id, { control: false })
    return Math.min(limit, letters.length + pixels.length + charges.length) + this.projections.erase(id) + this.templates.erase(id)
  }

  #save(plan: GroupPlan, keysAtMs: number) {
    for (const { canvas, tile, position, ...pixel } of plan.pixels) this.#pixels.set(pixelKey({ canvas, tile }, position), pixel)
    for (const { painter, canvas, state } of plan.charges) this.#charges.set(`${painter}/${canvas}`, state)
    for (const { painter, key, value } of plan.idempotencyRecords) {
      this.#idempotencyRecords.set(`${painter}/${key}`, { value, atMs: keysAtMs })
    }
    for (const commit of plan.commits) this.addEntry(commit)
  }

  /** Adds nothing when there are no pixels. */
  #addCommit(ref: TileRef & { epoch: Epoch }, { groupId, cause, rowKind, atMs, pixels }: AddedCommit) {
    if (pixels.length === 0) return
    const { canvas, tile } = ref
    const epoch = this.canvases.get(canvas)?.epoch ?? ref.epoch
    for (const { position, color, by } of pixels) this.#pixels.set(pixelKey(ref, position), { color, by, atMs, cause: rowKind })
    this.addEntry({ id: firstCommitId(groupId), canvas, tile, epoch, cause, atMs, pixels })
  }
}
