/**
 * Opens the socket, detects within two seconds that it is dead, and opens it again. A visible and idle page sends a small probe; after
 * a second without an answer the link is `silent`. A silent link may recover, or the socket is closed after four more seconds.
 */
import type { ProblemCode } from '../../../lib/refusal.ts'
import { backoffMs } from './backoff.ts'
import { type ConnectError, readConnectError } from './messages.ts'
import { Timer } from './timer.ts'
import type { TransportChoice } from './transport-choice.ts'
import type { ClientSocket, Runtime, SessionEnvironment } from './types.ts'

/** `up`: the server has just sent something. `silent`: the socket is open, and nothing arrives. `down`: there is no socket. */
export type LinkState = 'connecting' | 'up' | 'silent' | 'down'

export interface ConnectionEvents {
  /** The socket is new, so no tile is joined. */
  readonly onOpen: () => void
  readonly onClose: () => void
  readonly onState: () => void
  /** The server refused the socket with this code. */
  readonly onRefused: (code: ProblemCode) => void
}

export interface ConnectionOptions {
  readonly runtime: Runtime
  readonly watch: SessionEnvironment['watch']
  readonly socket: ClientSocket
  readonly transports: TransportChoice
  /** Sends a message that the server answers, and calls back with the answer. */
  readonly probe: (onAnswer: () => void) => void
  readonly events: ConnectionEvents
}

const retry = { baseMs: 250, maxMs: 2_000 }
/** The delay while the browser reports no network. It may be wrong about a local server, so attempts continue slowly. */
const retryOfflineMs = 5_000
/** How long an attempt may take, and how long an open socket may be silent. Both grow after timeouts, for slow lines. */
const openWithinMs = 4_000
const cutAfterMs = 4_000
const maxTimeoutMs = 12_000
const timeoutGrowth = 1.5
/** After this long without a connection, the first attempt counts as failed. */
const connectingForMs = 1_800
const silenceMs = 800
const answerWithinMs = 1_000
const slowestAnswerMs = 3_000
/** A socket may be silent this long while downloads continue. */
const behindDownloadsMs = 20_000
/** A timer that is this late means that the page was busy, not that the server was silent. */
const lateMs = 200

export class Connection {
  readonly #options: ConnectionOptions
  #state: LinkState = 'connecting'
  #lastMessageMs: number
  #openedMs = 0
  #bytesMs = Number.NEGATIVE_INFINITY
  #failures = 0
  #timeouts = 0
  /** The code of the last refusal. It is reported once until a socket opens. */
  #refusedWith: ProblemCode | null = null
  #offline = false
  #visible = true
  #roundTripMs = 0
  #disposed = false
  /** Opens the next socket, or gives up one that does not open. */
  readonly #retry: Timer
  /** Sends the next probe, or closes a silent socket. */
  readonly #silence: Timer
  #stopWatching: () => void = () => undefined

  constructor(options: ConnectionOptions) {
    this.#options = options
    this.#retry = new Timer(options.runtime.timers)
    this.#silence = new Timer(options.runtime.timers)
    this.#lastMessageMs = options.runtime.now()
  }

  get state() {
    return this.#state
  }

  /** When the last message arrived: a link that is not up has been so since then. */
  get lastMessageMs() {
    return this.#lastMessageMs
  }

  start() {
    const { socket, watch } = this.#options
    socket.on('connect', () => this.#opened())
    socket.on('disconnect', () => this.#closed())
    socket.on('connect_error', (error) => this.#refused(readConnectError(error)))
    this.#stopWatching = watch((event) => this.#environment(event))
    this.#silence.set(() => {
      if (this.#state === 'connecting') this.#become('down')
    }, connectingForMs)
    this.#open()
  }

  /** A message arrived from the server. */
  messageReceived() {
    const { runtime, socket, transports } = this.#options
    this.#lastMessageMs = runtime.now()
    if (socket.transport) transports.works(socket.transport, this.#lastMessageMs - this.#openedMs)
    if (this.#state !== 'silent') return
    this.#become('up')
    this.#watchSilence()
  }

  /** A part of an HTTP answer arrived. The network works, so the answer to a probe may be waiting behind it. */
  bytesReceived() {
    this.#bytesMs = this.#options.runtime.now()
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
    this.#retry.set(() => {
      this.#timeouts++
      transports.failed()
      this.#drop()
    }, this.#extended(openWithinMs))
    socket.connect(transports.transports)
  }

  #opened() {
    if (this.#disposed) return
    this.#clear()
    this.#failures = 0
    this.#refusedWith = null
    this.#openedMs = this.#options.runtime.now()
    this.messageReceived()
    this.#become('up')
    this.#options.events.onOpen()
    this.#watchSilence()
  }

  #refused({ byServer, code }: ConnectError) {
    if (!byServer) this.#options.transports.failed()
    if (code && code !== this.#refusedWith) this.#options.events.onRefused(code)
    this.#refusedWith = code ?? this.#refusedWith
    this.#closed()
  }

  #closed() {
    if (this.#disposed) return
    const wasOpen = this.#state === 'up' || this.#state === 'silent'
    this.#clear()
    this.#failures++
    this.#become('down')
    if (wasOpen) this.#options.events.onClose()
    const waitMs = this.#offline ? retryOfflineMs : backoffMs(retry, this.#failures, this.#options.runtime.random)
    this.#retry.set(() => this.#open(), waitMs)
  }

  /** Closes this socket. A socket that was open emits `disconnect` itself. */
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
    const { now, random } = this.#options.runtime
    // With jitter, so that many tabs do not send their probes together.
    const dueMs = this.#lastMessageMs + silenceMs * (0.85 + 0.15 * random())
    this.#silence.set(
      () => {
        if (!this.#visible) return
        if (now() - this.#lastMessageMs < silenceMs * 0.85) this.#watchSilence()
        else this.#probe()
      },
      Math.max(0, dueMs - now()),
    )
  }

  #probe() {
    const { now } = this.#options.runtime
    const sentAtMs = now()
    let open = true
    const waitMs = Math.min(slowestAnswerMs, Math.max(answerWithinMs, 3 * this.#roundTripMs))
    this.#options.probe(() => {
      if (!open || this.#disposed) return
      open = false
      this.#roundTripMs = now() - sentAtMs
      if (this.#roundTripMs < openWithinMs) this.#timeouts = 0
      this.messageReceived()
      this.#watchSilence()
    })
    const unanswered = (graceLeft: boolean) => {
      if (this.#lastMessageMs > sentAtMs) {
        open = false
        this.#watchSilence()
      } else if (graceLeft && now() - sentAtMs > waitMs + lateMs) {
        this.#silence.set(() => unanswered(false), lateMs)
      } else if (now() - this.#bytesMs < waitMs && now() - this.#lastMessageMs < behindDownloadsMs) {
        this.#silence.set(() => unanswered(graceLeft), answerWithinMs)
      } else {
        this.#become('silent')
        this.#silence.set(() => this.#cut(), this.#extended(cutAfterMs))
      }
    }
    this.#silence.set(() => unanswered(true), waitMs)
  }

  /** The socket is open and silent, perhaps because of its transport. */
  #cut() {
    const { socket, transports, runtime } = this.#options
    this.#timeouts++
    if (socket.transport) transports.fellSilent(socket.transport, runtime.now() - this.#openedMs)
    this.#drop()
  }

  #extended(waitMs: number) {
    return Math.min(maxTimeoutMs, waitMs * timeoutGrowth ** this.#timeouts)
  }

  #become(state: LinkState) {
    if (this.#state === state) return
    this.#state = state
    this.#options.events.onState()
  }

  #clear() {
    this.#retry.clear()
    this.#silence.clear()
  }
}
