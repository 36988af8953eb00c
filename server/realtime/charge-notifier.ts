/**
 * Sends the remaining charges to all sockets of a painter (`me`) when something other than time has changed them.
 *
 * At most one read per painter and canvas runs at a time, so an older value never arrives after a newer one. Changes during a read
 * share the next read.
 */
import type { CanvasId, PainterId } from '../../lib/brand.ts'
import { newPainterCharges, showCharges } from '../../lib/charges.ts'
import { guestName } from '../../lib/painter.ts'
import type { Logger } from '../observability/log.ts'
import type { Store } from '../store/port.ts'
import type { CanvasSource } from './announced-revisions.ts'
import { canvasRoom, type GatewayServer, isOccupied, painterRoom, paintersIn } from './gateway-socket.ts'

export interface ChargeNotifierOptions {
  readonly io: GatewayServer
  readonly store: Pick<Store, 'getCharges'>
  readonly canvases: Pick<CanvasSource, 'get'>
  readonly logger: Logger
  readonly now: () => number
  /** The time by which charges grow. */
  readonly chargesNow: () => number
}

/** Of the charges of all painters of a canvas, so that placements get the store, too. */
const readsAtOnce = 4

export class ChargeNotifier {
  readonly #options: ChargeNotifierOptions
  readonly #running = new Map<string, { again: boolean }>()
  readonly #runningForAll = new Map<CanvasId, { again: boolean }>()

  constructor(options: ChargeNotifierOptions) {
    this.#options = options
  }

  /** Resolves when the charges are sent. Undefined without a socket, or when a running call also sends this change. Never rejects. */
  notify(canvas: CanvasId, painter: PainterId): Promise<void> | undefined {
    if (!isOccupied(this.#options.io, painterRoom(painter))) return undefined
    const key = `${canvas}/${painter}`
    const other = this.#running.get(key)
    if (!other) return this.#sendUntilCurrent(key, canvas, painter)
    other.again = true
    return undefined
  }

  /**
   * Sends their charges to all painters who have joined the canvas, because it has changed. A call during another one starts it again. Never
   * rejects.
   */
  async notifyAll(canvas: CanvasId, painters: () => Iterable<PainterId> = () => paintersIn(this.#options.io, canvasRoom(canvas))) {
    const other = this.#runningForAll.get(canvas)
    if (other) {
      other.again = true
      return
    }
    const mine = { again: true }
    this.#runningForAll.set(canvas, mine)
    while (mine.again) {
      mine.again = false
      const waiting = [...painters()]
      const work = async () => {
        for (let painter = waiting.pop(); painter && !mine.again; painter = waiting.pop()) await this.notify(canvas, painter)
      }
      await Promise.all(Array.from({ length: readsAtOnce }, work))
    }
    this.#runningForAll.delete(canvas)
  }

  async #sendUntilCurrent(key: string, canvas: CanvasId, painter: PainterId) {
    const mine = { again: true }
    this.#running.set(key, mine)
    try {
      while (mine.again) {
        mine.again = false
        await this.#send(canvas, painter)
      }
    } catch (error) {
      this.#options.logger.debug({ event: 'me_not_told', err: error })
    } finally {
      this.#running.delete(key)
    }
  }

  async #send(canvasId: CanvasId, painter: PainterId) {
    const { io, store, canvases, now, chargesNow } = this.#options
    const canvas = await canvases.get(canvasId)
    if (!canvas) return
    const stored = await store.getCharges(painter, canvasId)
    const chargesNowMs = chargesNow()
    io.to(painterRoom(painter)).emit('me', {
      canvas: canvasId,
      painter: { id: painter, name: guestName(painter) },
      charges: showCharges(canvas, stored ?? newPainterCharges(canvas, chargesNowMs, chargesNowMs), chargesNowMs, now()),
    })
  }
}
