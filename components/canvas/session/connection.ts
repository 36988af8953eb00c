/**
 * The socket's life: opening, noticing that it died, opening again. What it says about itself must be true within two seconds.
 *
 * A closed socket, a refused attempt and the browser's `offline` event tell at once. A network that dies without a word tells
 * nothing: so while the page can be seen and the server has been silent for most of a second, a probe asks for any answer;
 * a second without one, and the link is `mute`. A probe is one tiny message, sent by idle tabs in front of eyes only: on a
 * busy board frames come all the time, a hidden tab asks when it is shown again, and 10,000 idle watchers in sight cost a
 * gateway about a sixth of a core.
 *
 * A mute link may come back (a stalled server, a slow network): nothing was lost on it then. After four more seconds it is cut (docs/LIMITS.md).
 */
import type { ProblemCode } from '../../../lib/refusal.ts'
import { backoffMs } from './backoff.ts'
import { type ConnectError, readConnectError } from './messages.ts'
import type { TransportChoice } from './transport-choice.ts'
import type { ClientSocket, Now, SessionEnvironment } from './types.ts'

/** `up` means heard from just now; `mute` is a socket that is open but does not answer; `down` has none. */
export type LinkState = 'connecting' | 'up' | 'mute' | 'down'

export type ConnectionOptions = Pick<SessionEnvironment, 'random' | 'timers' | 'watch'> &
  Now & {
    readonly socket: ClientSocket
    readonly transports: TransportChoice
    /** Sends something that the server answers, and calls back when it has. */
    readonly probe: (onAnswer: () => void) => void
    /** The socket is new: nothing is joined on it. */
    readonly onOpen: () => void
    readonly onClose: () => void
    readonly onState: () => void
    /** The server answered that it lets no socket in, and why. */
    readonly onRefused: (code: ProblemCode) => void
  }

const retry = { baseMs: 250, maxMs: 2_000 }
/** The browser says that there is no network. It may be wrong about a server on the same machine, so tries go on, slowly. */
const retryOfflineMs = 5_000
/** How long an attempt may take, and an open socket stay silent. Both grow while they time out: on a slow line all of it takes long. */
const openWithinMs = 4_000
const cutAfterMs = 4_000
const maxPatienceMs = 12_000
const patienceGrowth = 1.5
/** After this long without a connection the first attempt is called what it is. */
const patienceMs = 1_800
const silenceMs = 800
const answerWithinMs = 1_000
const slowestAnswerMs = 3_000
/** While downloads go on, a socket may be silent this long. */
const behindDownloadsMs = 20_000
/** A timer this late means that this page was busy, not the server silent. */
const lateMs = 200

export class Connection {
  readonly #options: ConnectionOptions
  #state: LinkState = 'connecting'
  #lastHeardMs: number
  #openedMs = 0
  #bytesMs = Number.NEGATIVE_INFINITY
  #failures = 0
  #timeouts = 0
  /** What the server refused the last attempts with: told once until a socket opens. */
  #refusedWith: ProblemCode | null = null
  #offline = false
  #visible = true
  #roundTripMs = 0
  #disposed = false
  #retryTimer: number | null = null
  #probeTimer: number | null = null
  #stopWatching: () => void = () => undefined

  constructor(options: ConnectionOptions) {
    this.#options = options
    this.#lastHeardMs = options.now()
  }

  get state() {
    return this.#state
  }

  /** When the server was last heard: since when a link that is not up has been so. */
  get lastHeardMs() {
    return this.#lastHeardMs
  }

  start() {
    const { socket, timers, watch } = this.#options
    socket.on('connect', () => this.#opened())
    socket.on('disconnect', () => this.#closed())
    socket.on('connect_error', (error) => this.#refused(readConnectError(error)))
    this.#stopWatching = watch((event) => this.#environment(event))
    this.#probeTimer = timers.set(() => {
      if (this.#state === 'connecting') this.#become('down')
    }, patienceMs)
    this.#open()
  }

  /** Something came from the server. */
  heard() {
    const { now, socket, transports } = this.#options
    this.#lastHeardMs = now()
    if (socket.transport) transports.works(socket.transport, this.#lastHeardMs - this.#openedMs)
    if (this.#state !== 'mute') return
    this.#become('up')
    this.#watchSilence()
  }

  /** A part of an HTTP answer arrived: the network works, so the answer to a probe may only be waiting behind it. */
  bytesCame() {
    this.#bytesMs = this.#options.now()
  }

  dispose() {
    this.#disposed = true
    this.#stopWatching()
    this.#clear()
    this.#options.socket.disconnect()
  }

  #open() {
    if (this.#disposed) return
    const { socket, transports } = this.#options
    this.#setRetry(() => {
      this.#timeouts++
      transports.failed()
      this.#drop()
    }, this.#patient(openWithinMs))
    socket.connect(transports.transports)
  }

  #opened() {
    if (this.#disposed) return
    this.#clear()
    this.#failures = 0
    this.#refusedWith = null
    this.#openedMs = this.#options.now()
    this.heard()
    this.#become('up')
    this.#options.onOpen()
    this.#watchSilence()
  }

  #refused({ byServer, code }: ConnectError) {
    if (!byServer) this.#options.transports.failed()
    if (code && code !== this.#refusedWith) this.#options.onRefused(code)
    this.#refusedWith = code ?? this.#refusedWith
    this.#closed()
  }

  #closed() {
    if (this.#disposed) return
    const wasOpen = this.#state === 'up' || this.#state === 'mute'
    this.#clear()
    this.#failures++
    this.#become('down')
    if (wasOpen) this.#options.onClose()
    const waitMs = this.#offline ? retryOfflineMs : backoffMs(retry, this.#failures, this.#options.random)
    this.#setRetry(() => this.#open(), waitMs)
  }

  /** Gives this socket up, whatever it says; a socket that was open tells `disconnect` itself. */
  #drop() {
    const wasConnected = this.#options.socket.connected
    this.#options.socket.disconnect()
    if (!wasConnected || this.#state !== 'down') this.#closed()
  }

  #environment(event: 'online' | 'offline' | 'visible' | 'hidden') {
    switch (event) {
      case 'offline':
        this.#offline = true
        this.#drop()
        break
      case 'online':
        this.#offline = false
        this.#options.transports.networkChanged()
        this.#openNow()
        break
      case 'visible':
        this.#visible = true
        if (this.#state === 'up') this.#watchSilence()
        else this.#openNow()
        break
      case 'hidden':
        this.#visible = false
        break
    }
  }

  #openNow() {
    this.#failures = 0
    if (this.#state === 'down' && !this.#options.socket.connected) this.#open()
  }

  #watchSilence() {
    const { now, random } = this.#options
    // A little apart, so that many tabs do not ask in step.
    const dueMs = this.#lastHeardMs + silenceMs * (0.85 + 0.15 * random())
    this.#setProbe(
      () => {
        if (!this.#visible) return
        if (now() - this.#lastHeardMs < silenceMs * 0.85) this.#watchSilence()
        else this.#probe()
      },
      Math.max(0, dueMs - now()),
    )
  }

  #probe() {
    const { now, probe } = this.#options
    const sentAtMs = now()
    let open = true
    const waitMs = Math.min(slowestAnswerMs, Math.max(answerWithinMs, 3 * this.#roundTripMs))
    probe(() => {
      if (!open || this.#disposed) return
      open = false
      this.#roundTripMs = now() - sentAtMs
      if (this.#roundTripMs < openWithinMs) this.#timeouts = 0
      this.heard()
      this.#watchSilence()
    })
    const unanswered = (graceLeft: boolean) => {
      if (this.#lastHeardMs > sentAtMs) {
        open = false
        this.#watchSilence()
      } else if (graceLeft && now() - sentAtMs > waitMs + lateMs) {
        this.#setProbe(() => unanswered(false), lateMs)
      } else if (now() - this.#bytesMs < waitMs && now() - this.#lastHeardMs < behindDownloadsMs) {
        this.#setProbe(() => unanswered(graceLeft), answerWithinMs)
      } else {
        this.#become('mute')
        this.#setProbe(() => this.#cut(), this.#patient(cutAfterMs))
      }
    }
    this.#setProbe(() => unanswered(true), waitMs)
  }

  /** The socket is open but silent. Its transport may be the reason. */
  #cut() {
    const { socket, transports, now } = this.#options
    this.#timeouts++
    if (socket.transport) transports.fellSilent(socket.transport, now() - this.#openedMs)
    this.#drop()
  }

  #patient(waitMs: number) {
    return Math.min(maxPatienceMs, waitMs * patienceGrowth ** this.#timeouts)
  }

  #become(state: LinkState) {
    if (this.#state === state) return
    this.#state = state
    this.#options.onState()
  }

  #setRetry(act: () => void, waitMs: number) {
    if (this.#retryTimer !== null) this.#options.timers.clear(this.#retryTimer)
    this.#retryTimer = this.#options.timers.set(act, waitMs)
  }

  #setProbe(act: () => void, waitMs: number) {
    if (this.#probeTimer !== null) this.#options.timers.clear(this.#probeTimer)
    this.#probeTimer = this.#options.timers.set(act, waitMs)
  }

  #clear() {
    const { timers } = this.#options
    if (this.#retryTimer !== null) timers.clear(this.#retryTimer)
    if (this.#probeTimer !== null) timers.clear(this.#probeTimer)
    this.#retryTimer = null
    this.#probeTimer = null
  }
}
