/**
 * How many are here: the sockets that joined a canvas, over all gateways.
 *
 * Each gateway tells the others its numbers every few seconds; one that falls silent stops counting. Rooms hear of it at most
 * once in two seconds, and only when the number changed or somebody came.
 */
import type { CanvasId } from '../../lib/brand.ts'
import type { EventStream } from '../stream/port.ts'

const silentAfterMs = 10_000

export class Presence {
  readonly #gateway: string
  readonly #stream: EventStream
  readonly #now: () => number
  readonly #joinedHere: (canvas: CanvasId) => number
  readonly #canvasesHere: () => readonly CanvasId[]
  readonly #others = new Map<string, { online: Readonly<Record<string, number>>; heardAtMs: number }>()
  readonly #told = new Map<CanvasId, number>()

  constructor(options: {
    gateway: string
    stream: EventStream
    now: () => number
    joinedHere: (canvas: CanvasId) => number
    canvasesHere: () => readonly CanvasId[]
  }) {
    this.#gateway = options.gateway
    this.#stream = options.stream
    this.#now = options.now
    this.#joinedHere = options.joinedHere
    this.#canvasesHere = options.canvasesHere
  }

  hear(gateway: string, online: Readonly<Record<string, number>>) {
    if (gateway !== this.#gateway) this.#others.set(gateway, { online, heardAtMs: this.#now() })
  }

  online(canvas: CanvasId): number {
    this.#forgetSilent()
    let online = this.#joinedHere(canvas)
    for (const { online: theirs } of this.#others.values()) online += theirs[canvas] ?? 0
    return online
  }

  /** Somebody has come who knows no number yet: the room is told at the next turn, whether it is another one or not. */
  welcome(canvas: CanvasId) {
    this.#told.delete(canvas)
  }

  /** This gateway closes: the others need not wait for it to fall silent. */
  leave() {
    this.#stream.signal({ kind: 'presence', gateway: this.#gateway, online: {} })
  }

  /** To be called every two seconds: tells the other gateways, and answers which rooms must be told what. */
  changes(): { canvas: CanvasId; online: number }[] {
    this.#forgetSilent()
    const here = this.#canvasesHere()
    const online = Object.fromEntries(here.map((canvas) => [canvas, this.#joinedHere(canvas)]))
    this.#stream.signal({ kind: 'presence', gateway: this.#gateway, online })
    for (const canvas of [...this.#told.keys()]) if (!here.includes(canvas)) this.#told.delete(canvas)
    return here.flatMap((canvas) => {
      const now = this.online(canvas)
      if (this.#told.get(canvas) === now) return []
      this.#told.set(canvas, now)
      return [{ canvas, online: now }]
    })
  }

  #forgetSilent() {
    for (const [gateway, { heardAtMs }] of this.#others) {
      if (this.#now() - heardAtMs > silentAfterMs) this.#others.delete(gateway)
    }
  }
}
