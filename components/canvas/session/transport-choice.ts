/**
 * Chooses the transports of the next connection attempt from earlier results, and stores the choice in the browser. Some proxies drop
 * WebSocket messages without an error, so silence counts as a failure. The next attempt then starts with the other transport.
 */
export type Transport = 'websocket' | 'polling'

const plans = {
  websocket: ['websocket'],
  upgrade: ['polling', 'websocket'],
  polling: ['polling'],
} as const satisfies Record<string, readonly Transport[]>

type Plan = keyof typeof plans

/** If a connection becomes silent before this age, its transport has failed. An older WebSocket works. */
const trustedAfterMs = 60_000
/** Long polling alone is stored this long, because a laptop moves to other networks. */
const pollingForMs = 10 * 60_000
const storageName = 'fresco.transport'

export interface TransportChoiceOptions {
  readonly storage: Pick<Storage, 'getItem' | 'setItem'> | undefined
  readonly wallClock: () => number
}

export class TransportChoice {
  readonly #options: TransportChoiceOptions
  #plan: Plan
  #stored: Plan | null

  constructor(options: TransportChoiceOptions) {
    this.#options = options
    this.#stored = load(options)
    this.#plan = this.#stored ?? 'websocket'
  }

  /** In the order in which they are tried. */
  get transports(): readonly Transport[] {
    return plans[this.#plan]
  }

  /** A message arrived on a connection that has been open for `openMs`. */
  works(transport: Transport, openMs: number) {
    if (transport === 'websocket' && openMs >= trustedAfterMs) this.#plan = 'websocket'
    if ((transport === 'polling' || this.#plan === 'websocket') && this.#plan !== this.#stored) this.#store()
  }

  /** The attempt opened no connection: it was refused, or there was no answer in time. */
  failed() {
    this.#plan = this.#plan === 'upgrade' ? 'websocket' : 'upgrade'
  }

  /** An open connection became silent and was closed. */
  fellSilent(transport: Transport, openMs: number) {
    if (openMs >= trustedAfterMs) return
    if (transport === 'polling') this.#plan = 'websocket'
    else this.#plan = this.#plan === 'websocket' ? 'upgrade' : 'polling'
  }

  /** The browser may be on another network. */
  networkChanged() {
    if (this.#plan === 'polling') this.#plan = 'upgrade'
  }

  #store() {
    this.#stored = this.#plan
    try {
      this.#options.storage?.setItem(storageName, JSON.stringify({ plan: this.#plan, atMs: this.#options.wallClock() }))
    } catch {
      // Without storage the choice is valid for this page only.
    }
  }
}

const load = ({ storage, wallClock }: TransportChoiceOptions): Plan | null => {
  try {
    const { plan, atMs } = JSON.parse(storage?.getItem(storageName) ?? 'null') as { plan: unknown; atMs: unknown }
    const ageMs = typeof atMs === 'number' ? wallClock() - atMs : Number.NaN
    if (plan === 'polling') return ageMs >= 0 && ageMs < pollingForMs ? 'polling' : 'upgrade'
    return plan === 'websocket' || plan === 'upgrade' ? plan : null
  } catch {
    return null
  }
}
