/**
 * Tells all sockets of a painter what charges are left (`me`), when something other than time changed them.
 *
 * One reading per painter and canvas is under way at a time, so an older answer never overtakes a newer one; whoever paints
 * fast is told once for all that happened meanwhile.
 */
import type { CanvasId, PainterId } from '../../lib/brand.ts'
import { newcomerCharges, showCharges } from '../../lib/charges.ts'
import { guestName } from '../../lib/painter.ts'
import type { Logger } from '../observability/log.ts'
import type { Store } from '../store/port.ts'
import type { CanvasSource } from './announced-revisions.ts'
import { type GatewayServer, isOccupied } from './gateway-socket.ts'
import { painterRoom } from './rooms.ts'

export interface ChargeNotifierOptions {
  readonly io: GatewayServer
  readonly store: Pick<Store, 'getCharges'>
  readonly canvases: Pick<CanvasSource, 'get'>
  readonly logger: Logger
  readonly now: () => number
  /** The time by which charges grow. */
  readonly chargesNow: () => number
}

export class ChargeNotifier {
  readonly #options: ChargeNotifierOptions
  readonly #underWay = new Map<string, { again: boolean }>()

  constructor(options: ChargeNotifierOptions) {
    this.#options = options
  }

  /** Resolves when what is under way is told; undefined when there is nothing to wait for. Never rejects. */
  notify(canvas: CanvasId, painter: PainterId): Promise<void> | undefined {
    if (!isOccupied(this.#options.io, painterRoom(painter))) return undefined
    const key = `${canvas}/${painter}`
    const other = this.#underWay.get(key)
    if (!other) return this.#tellWhileChanging(key, canvas, painter)
    other.again = true
    return undefined
  }

  async #tellWhileChanging(key: string, canvas: CanvasId, painter: PainterId) {
    const mine = { again: true }
    this.#underWay.set(key, mine)
    try {
      while (mine.again) {
        mine.again = false
        await this.#readAndTell(canvas, painter)
      }
    } catch (error) {
      this.#options.logger.debug({ event: 'me_not_told', err: error })
    } finally {
      this.#underWay.delete(key)
    }
  }

  async #readAndTell(canvasId: CanvasId, painter: PainterId) {
    const { io, store, canvases, now, chargesNow } = this.#options
    const canvas = await canvases.get(canvasId)
    if (!canvas) return
    const stored = await store.getCharges(painter, canvasId)
    const chargesNowMs = chargesNow()
    io.to(painterRoom(painter)).emit('me', {
      canvas: canvasId,
      painter: { id: painter, name: guestName(painter) },
      charges: showCharges(canvas, stored ?? newcomerCharges(canvas, chargesNowMs, chargesNowMs), chargesNowMs, now()),
    })
  }
}
