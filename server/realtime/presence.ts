/**
 * Counts the sockets that have joined a canvas, over all gateways.
 *
 * Each gateway signals its counts to the others every few seconds. The counts of a gateway without signals expire. A room gets the count
 * at most once in two seconds, when it has changed or a socket has joined.
 */
import type { CanvasId } from '../../lib/brand.ts'
import type { EventStream } from '../stream/port.ts'

const expireAfterMs = 10_000

export interface PresenceOptions {
  readonly gateway: string
  readonly stream: Pick<EventStream, 'signal'>
  readonly now: () => number
  readonly joinedHere: (canvas: CanvasId) => number
  readonly canvasesHere: () => readonly CanvasId[]
}

export class Presence {
  readonly #options: PresenceOptions
  readonly #others = new Map<string, { online: Readonly<Record<string, number>>; receivedAtMs: number }>()
  readonly #sent = new Map<CanvasId, number>()

  constructor(options: PresenceOptions) {
    this.#options = options
  }

  receive(gateway: string, online: Readonly<Record<string, number>>) {
    if (gateway !== this.#options.gateway) this.#others.set(gateway, { online, receivedAtMs: this.#options.now() })
  }

  online(canvas: CanvasId): number {
    this.#forgetExpired()
    let online = this.#options.joinedHere(canvas)
    for (const { online: theirs } of this.#others.values()) online += theirs[canvas] ?? 0
    return online
  }

  /** Sends the count to the room at the next turn even if it has not changed, because a socket has joined without it. */
  resend(canvas: CanvasId) {
    this.#sent.delete(canvas)
  }

  /** Removes this gateway's counts from the other gateways before they expire. */
  leave() {
    const { stream, gateway } = this.#options
    stream.signal({ kind: 'presence', gateway, online: {} })
  }

  /** Signals this gateway's counts, and returns the counts to send to rooms. Call it every two seconds. */
  changes(): { canvas: CanvasId; online: number }[] {
    const { stream, gateway, joinedHere, canvasesHere } = this.#options
    this.#forgetExpired()
    const here = canvasesHere()
    stream.signal({ kind: 'presence', gateway, online: Object.fromEntries(here.map((canvas) => [canvas, joinedHere(canvas)])) })
    for (const canvas of [...this.#sent.keys()]) if (!here.includes(canvas)) this.#sent.delete(canvas)
    const changed = here
      .map((canvas) => ({ canvas, online: this.online(canvas) }))
      .filter((one) => this.#sent.get(one.canvas) !== one.online)
    for (const { canvas, online } of changed) this.#sent.set(canvas, online)
    return changed
  }

  #forgetExpired() {
    for (const [gateway, { receivedAtMs }] of this.#others) {
      if (this.#options.now() - receivedAtMs > expireAfterMs) this.#others.delete(gateway)
    }
  }
}
