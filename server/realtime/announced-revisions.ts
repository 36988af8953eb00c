/**
 * The newest revision of each canvas that this gateway has sent to the canvas's room. Revisions come from the canvas's control log.
 *
 * Clients need a larger palette or size before a frame that uses it (C3). So a frame that does not fit the announced canvas waits, with the
 * frames behind it, until a newer canvas is announced.
 */
import type { CanvasId, Seq } from '../../lib/brand.ts'
import type { Canvas } from '../../lib/canvas.ts'
import { isOtherPace } from '../../lib/charges.ts'
import type { SequencedCommit } from '../../lib/commit.ts'
import { canvasOfEntry, controlTile, templateOfEntry } from '../../lib/control-log.ts'
import { fitsCanvas } from '../../lib/fits-canvas.ts'
import type { LiveTile, TileFrame } from '../broadcasting/port.ts'
import type { Logger } from '../observability/log.ts'
import type { TileRef } from '../store/port.ts'
import { announcementEvent } from './announcement-event.ts'
import { canvasRoom, type GatewayServer } from './gateway-socket.ts'

export interface CanvasSource {
  get(id: CanvasId): Promise<Canvas | null>
  forget(id: CanvasId): void
  renew(id: CanvasId): void
  /** As `GET /api/canvases/:id` shows it. */
  show(canvas: Canvas): unknown
}

export interface AnnouncedRevisionsOptions {
  readonly io: GatewayServer
  readonly canvases: CanvasSource
  readonly send: (frame: TileFrame, canvas: Canvas) => void
  readonly resync: (ref: TileRef) => void
  /** The room got a canvas on which painters may have other charges than before. */
  readonly onChargesChanged?: (id: CanvasId) => void
  readonly logger: Logger
}

/** Frames that wait for one canvas. With more, the clients fetch the boards instead (A6). */
const maxHeldFrames = 500

/** Whether the frame has a color beyond the canvas's palette or a pixel beyond its size. */
export const needsNewerCanvas = ({ ref, commits }: TileFrame, canvas: Canvas) =>
  commits.some(({ pixels }) => !fitsCanvas(canvas, ref.tile, pixels))

/** Other rules, or a board that was started over, on which nobody has painted yet. */
const changesCharges = (former: Canvas, canvas: Canvas) =>
  isOtherPace(former, canvas) || former.epoch !== canvas.epoch || Boolean(former.erasing) !== Boolean(canvas.erasing)

export class AnnouncedRevisions {
  readonly #options: AnnouncedRevisionsOptions
  readonly #announced = new Map<CanvasId, Canvas>()
  readonly #following = new Map<CanvasId, Promise<void>>()
  readonly #held = new Map<CanvasId, TileFrame[]>()
  /** The last entry of each control log that was sent. */
  readonly #entries = new Map<CanvasId, Pick<SequencedCommit, 'epoch' | 'seq'>>()

  constructor(options: AnnouncedRevisionsOptions) {
    this.#options = options
  }

  ids() {
    return [...this.#announced.keys()]
  }

  get(id: CanvasId) {
    return this.#announced.get(id)
  }

  /** Announces the canvas unless its room already has this revision or a newer one. Returns the newer of the two. */
  announce(canvas: Canvas): Canvas {
    const announced = this.#announced.get(canvas.id)
    if (announced && announced.rev >= canvas.rev) return announced
    this.#send(canvas)
    return canvas
  }

  /**
   * Starts to follow an open control log. The canvas is read after the log's head, and again if an entry arrived meanwhile, so that no change is
   * lost (A2). Joins of the same time share the read.
   */
  follow(id: CanvasId, control: Pick<LiveTile, 'head'>): Promise<void> {
    const following = this.#following.get(id) ?? this.#follow(id, control).finally(() => this.#following.delete(id))
    this.#following.set(id, following)
    return following
  }

  forget(id: CanvasId) {
    this.#announced.delete(id)
    this.#held.delete(id)
    this.#entries.delete(id)
  }

  frame(frame: TileFrame) {
    const canvas = this.#announced.get(frame.ref.canvas)
    if (!canvas) return
    if (frame.ref.tile === controlTile) return this.#control(frame)
    const held = this.#held.get(canvas.id)
    if (held) {
      if (held.length < maxHeldFrames) held.push(frame)
      else this.#giveUp(canvas.id)
    } else if (needsNewerCanvas(frame, canvas)) {
      this.#held.set(canvas.id, [frame])
      void this.refresh(canvas.id)
    } else {
      this.#options.send(frame, canvas)
    }
  }

  /** Drops the waiting frames of a tile whose clients fetch its board. */
  dropHeld({ canvas, tile }: TileRef) {
    const held = this.#held.get(canvas)?.filter(({ ref }) => ref.tile !== tile)
    if (held?.length === 0) this.#held.delete(canvas)
    else if (held) this.#held.set(canvas, held)
  }

  /** Reads the canvases again for which frames still wait, because the last read failed. Never rejects. */
  async retryHeld() {
    await Promise.all([...this.#held.keys()].map((id) => this.refresh(id)))
  }

  /** Reads the canvas, announces it when it has changed, and sends the frames that wait for it. Never rejects. */
  async refresh(id: CanvasId) {
    const { canvases, logger } = this.#options
    try {
      canvases.forget(id)
      const canvas = await canvases.get(id)
      const announced = this.#announced.get(id)
      // Two reads may overlap, and the older one may finish last.
      if (canvas && announced && (canvas.rev > announced.rev || canvas.epoch !== announced.epoch)) this.#send(canvas)
      this.#release(id)
    } catch (error) {
      logger.warn({ event: 'canvas_not_read', canvas: id, err: error })
    }
  }

  async #follow(id: CanvasId, control: Pick<LiveTile, 'head'>) {
    const { canvases } = this.#options
    for (;;) {
      const { head } = control
      canvases.forget(id)
      const canvas = await canvases.get(id)
      if (canvas && control.head !== head) continue
      if (canvas) this.announce(canvas)
      return
    }
  }

  #control({ ref: { canvas: id }, commits }: TileFrame) {
    this.#options.canvases.forget(id)
    for (const entry of commits) {
      const [canvas, sent] = [canvasOfEntry(entry), this.#entries.get(id)]
      if (sent?.epoch === entry.epoch && sent.seq >= entry.seq) continue
      this.#entries.set(id, entry)
      const template = templateOfEntry(entry)
      if (template) this.#options.io.to(canvasRoom(id)).emit('template', id, template, entry.seq)
      // A tombstone: the change itself is in the store.
      else if (!canvas) void this.refresh(id)
      else this.#send(canvas, entry.seq)
    }
    this.#release(id)
  }

  /** An entry is sent also when its canvas was read before, because clients follow the log by its seqs. */
  #send(canvas: Canvas, ...seq: Seq[]) {
    const { io, canvases } = this.#options
    const former = this.#announced.get(canvas.id)
    const isNewer = !former || seq.length === 0 || canvas.rev > former.rev
    if (isNewer) this.#announced.set(canvas.id, canvas)
    if (!former) return
    const room = io.to(canvasRoom(canvas.id))
    room.emit('canvas', canvases.show(canvas), ...seq)
    if (!isNewer) return
    if (canvas.announcement && canvas.announcement.id !== former.announcement?.id)
      room.emit(...announcementEvent(canvas.id, canvas.announcement))
    if (changesCharges(former, canvas)) this.#options.onChargesChanged?.(canvas.id)
  }

  /** A read may have begun before the change that the frames need, or have returned an old canvas because the store is down. */
  #release(id: CanvasId) {
    const [held, canvas] = [this.#held.get(id), this.#announced.get(id)]
    if (!held || !canvas || held.some((frame) => needsNewerCanvas(frame, canvas))) return
    this.#held.delete(id)
    for (const frame of held) this.#options.send(frame, canvas)
  }

  #giveUp(id: CanvasId) {
    const held = this.#held.get(id) ?? []
    this.#held.delete(id)
    const tiles = new Map(held.map(({ ref }) => [ref.tile, ref]))
    for (const ref of tiles.values()) this.#options.resync(ref)
  }
}
