/**
 * The canvases as this gateway's rooms know them. A change is told before the first frame that needs it: a frame with a colour
 * that is not in the palette that the room knows waits, and those behind it, until the canvas was read.
 */
import type { CanvasId } from '../../lib/brand.ts'
import type { Canvas } from '../../lib/canvas.ts'
import type { TileFrame } from '../broadcasting/port.ts'
import type { Logger } from '../observability/log.ts'
import type { TileRef } from '../store/port.ts'
import type { GatewayServer } from './gateway-socket.ts'
import { canvasRoom } from './rooms.ts'

export interface CanvasSource {
  get(id: CanvasId): Promise<Canvas | null>
  forget(id: CanvasId): void
  /** As `GET /api/canvases/:id` shows it. */
  show(canvas: Canvas): unknown
}

export interface AnnouncedRevisionsOptions {
  readonly io: GatewayServer
  readonly canvases: CanvasSource
  readonly send: (frame: TileFrame, canvas: Canvas) => void
  readonly resync: (ref: TileRef) => void
  readonly logger: Logger
}

/** Frames that wait for one canvas; past this the clients fetch the boards (A6). */
const maxHeldFrames = 500

/** Whether the frame has a colour that this canvas, as it is known here, has not. */
export const needsNewerCanvas = (frame: TileFrame, canvas: Canvas) =>
  frame.commits.some(({ pixels }) => pixels.some(({ color }) => color >= canvas.palette.length))

export class AnnouncedRevisions {
  readonly #options: AnnouncedRevisionsOptions
  readonly #told = new Map<CanvasId, Canvas>()
  readonly #held = new Map<CanvasId, TileFrame[]>()

  constructor(options: AnnouncedRevisionsOptions) {
    this.#options = options
  }

  ids() {
    return [...this.#told.keys()]
  }

  get(id: CanvasId) {
    return this.#told.get(id)
  }

  /** Somebody joins with what the cache knows, which may be older than what the room was told. Answers the newer one. */
  learn(canvas: Canvas): Canvas {
    const told = this.#told.get(canvas.id)
    if (told && told.rev >= canvas.rev) return told
    this.#tell(canvas, told)
    return canvas
  }

  forget(id: CanvasId) {
    this.#told.delete(id)
    this.#held.delete(id)
  }

  frame(frame: TileFrame) {
    const canvas = this.#told.get(frame.ref.canvas)
    if (!canvas) return
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

  /** The tile's clients fetch its board: what waited for them belongs to what they throw away. */
  dropHeld({ canvas, tile }: TileRef) {
    const held = this.#held.get(canvas)
    if (held)
      this.#held.set(
        canvas,
        held.filter(({ ref }) => ref.tile !== tile),
      )
  }

  /** Reads the canvas, tells its room when it changed, and sends what waited for it. Never rejects. */
  async refresh(id: CanvasId) {
    const { canvases, logger } = this.#options
    try {
      canvases.forget(id)
      const canvas = await canvases.get(id)
      const told = this.#told.get(id)
      // Of two readings under way the older may come last.
      if (canvas && told && (canvas.rev > told.rev || canvas.epoch !== told.epoch)) this.#tell(canvas, told)
      this.#release(id)
    } catch (error) {
      logger.warn({ event: 'canvas_not_read', canvas: id, err: error })
      this.#giveUp(id)
    }
  }

  #tell(canvas: Canvas, told: Canvas | undefined) {
    this.#told.set(canvas.id, canvas)
    if (told) this.#options.io.to(canvasRoom(canvas.id)).emit('canvas', this.#options.canvases.show(canvas))
  }

  #release(id: CanvasId) {
    const [held, canvas] = [this.#held.get(id), this.#told.get(id)]
    this.#held.delete(id)
    if (canvas) for (const frame of held ?? []) this.#options.send(frame, canvas)
  }

  #giveUp(id: CanvasId) {
    const held = this.#held.get(id) ?? []
    this.#held.delete(id)
    const tiles = new Map(held.map(({ ref }) => [ref.tile, ref]))
    for (const ref of tiles.values()) this.#options.resync(ref)
  }
}
