/** A socket of a session to a `FakeServer`. Messages arrive in order, and none arrives on a connection that has ended. */
import type { TileNumber } from '../../../../lib/brand.ts'
import type { Transport } from '../transport-choice.ts'
import type { ClientSocket } from '../types.ts'
import type { FakeServer } from './fake-server.ts'

export class FakeSocket implements ClientSocket {
  connected = false
  transport: Transport | null = null
  readonly joined = new Set<TileNumber>()
  readonly #server: FakeServer
  readonly #listeners = new Map<string, ((...args: unknown[]) => void)[]>()
  /** Counts connections. A message of an earlier one does not arrive. */
  #life = 0
  #busyUntilMs = 0

  constructor(server: FakeServer) {
    this.#server = server
  }

  on(event: string, listener: (...args: unknown[]) => void) {
    this.#listeners.set(event, [...(this.#listeners.get(event) ?? []), listener])
  }

  emit(event: string, ...args: unknown[]) {
    if (!this.connected) return
    const last = args.at(-1)
    const ack = typeof last === 'function' ? (last as (answer: unknown) => void) : () => undefined
    this.deliver(() => this.#server.receive(this, event, args[0], (answer) => this.deliver(() => ack(answer))))
  }

  connect(transports: readonly Transport[]) {
    const life = ++this.#life
    const [first] = transports
    const { webSockets, clock } = this.#server
    this.#server.attempts.push(transports.join())
    if (this.#server.network === 'silent' || (first === 'websocket' && webSockets === 'swallow')) return
    clock.timers.set(() => {
      if (life !== this.#life || this.#server.network === 'silent') return
      if (this.#server.refuseSockets) {
        const responseText = JSON.stringify({ code: 4, message: this.#server.refuseSockets })
        this.receive('connect_error', Object.assign(new Error('refused'), first === 'polling' ? { context: { responseText } } : {}))
        return
      }
      if (this.#server.network === 'cut' || (first === 'websocket' && webSockets === 'refuse')) {
        this.receive('connect_error', new Error('refused'))
        return
      }
      this.connected = true
      this.transport = first ?? 'polling'
      this.receive('connect')
      if (transports.includes('websocket') && (webSockets === 'pass' || webSockets === 'mute')) this.transport = 'websocket'
    }, this.#server.latencyMs())
  }

  disconnect() {
    const wasConnected = this.connected
    this.#end()
    if (wasConnected) this.receive('disconnect', 'io client disconnect')
  }

  cut() {
    if (!this.connected) return
    this.#end()
    this.receive('disconnect', 'transport close')
  }

  /** Delivers in order, as TCP does, unless the connection has ended or the network is silent. */
  deliver(act: () => void) {
    if (!this.connected) return
    const life = this.#life
    const { clock } = this.#server
    this.#busyUntilMs = Math.max(this.#busyUntilMs, clock.nowMs + this.#server.latencyMs())
    clock.timers.set(() => {
      const muted = this.transport === 'websocket' && this.#server.webSockets === 'mute'
      if (life === this.#life && this.connected && this.#server.network === 'up' && !muted) act()
    }, this.#busyUntilMs - clock.nowMs)
  }

  receive(event: string, ...args: unknown[]) {
    for (const listener of this.#listeners.get(event) ?? []) listener(...args)
  }

  #end() {
    this.#life++
    this.connected = false
    this.transport = null
    this.joined.clear()
    this.#busyUntilMs = 0
  }
}
