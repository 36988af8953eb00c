/**
 * The session as the page sees it: one canvas followed over HTTP and a socket, and the own pixels on their way.
 *
 * Pixels go from here straight into the engine (`PixelSink`); the zustand store holds only what words and buttons show.
 * Made by `createSession` in `session.ts`, in a browser with `browserEnvironment()` of `browser-environment.ts`.
 */
import type { StoreApi } from 'zustand/vanilla'
import type { PainterId, TileNumber } from '../../../lib/brand.ts'
import type { Charges } from '../../../lib/charges.ts'
import type { BoardPoint } from '../../../lib/geometry.ts'
import type { Role } from '../../../lib/painter.ts'
import type { ProblemCode } from '../../../lib/refusal.ts'
import type { ShownCanvas } from '../../../lib/show-canvas.ts'
import type { PixelSink } from '../engine/types.ts'
import type { MonotonicClock } from './monotonic-clock.ts'
import type { Transport } from './transport-choice.ts'

/** `GET /api/canvases/:id`. */
export type CanvasInfo = ShownCanvas

export interface PainterInfo {
  readonly id: PainterId
  readonly name: string
  readonly role: Role
}

export type ConnectionState = 'connecting' | 'live' | 'partly_live' | 'catching_up' | 'offline'

export interface ConnectionInfo {
  readonly state: ConnectionState
  /** When this state began (for `offline`: when the server was last heard), as the wall clock showed it then. */
  readonly sinceMs: number
  /** While catching up: the pixels that have come in since. */
  readonly behindPixels: number
  /** With `partly_live`: how many of the window's tiles are followed all the time. The others are brought up to date in turns. */
  readonly partlyLive: { readonly parts: number; readonly of: number } | null
  /** While connecting or catching up: how much of the window's boards has arrived, in whole percent. Null when all is shown. */
  readonly loadedPercent: number | null
}

/**
 * Charges as of `receivedAtMs` of the session's `now()`, pixels on their way already taken off. The session renews them when the
 * next one is due, so a display only counts `nextChargeInMs - (now - receivedAtMs)` down.
 */
export type KnownCharges = Charges & { readonly receivedAtMs: number }

/** What the painter should hear; the words are the page's. */
export interface Notice {
  /** Counts up, so that two equal notices are told apart. */
  readonly id: number
  readonly kind: 'refused' | 'info' | 'error'
  /**
   * A problem's code, or: `queue_full` (too many pixels wait for an answer), `not_saved` (given up after nine minutes without
   * one, the pixel was taken back), `waiting` (info: no answer yet, the pixel is kept and sent again), `not_loaded` (this part of the board has not
   * come yet), `not_shown` (it is not on the screen), `picture_simple` and `picture_incomplete` (the engine's `PictureState`),
   * `too_many_sockets` and `socket_refused` (the server lets no socket of this page in).
   */
  readonly code:
    | ProblemCode
    | 'queue_full'
    | 'not_saved'
    | 'not_loaded'
    | 'not_shown'
    | 'picture_simple'
    | 'picture_incomplete'
    | 'too_many_sockets'
    | 'socket_refused'
    | 'waiting'
  readonly params: {
    readonly retryAfterMs?: number
    readonly cell?: BoardPoint
    readonly color?: number
    /** The pixels that this notice is about. */
    readonly count?: number
    /** With `waiting`: what the server answered instead. Absent when there was no answer. */
    readonly reason?: ProblemCode
  }
  readonly atMs: number
}

export interface SessionState {
  readonly loading: 'loading' | 'ready' | 'not_found' | 'failed'
  /** With `failed`: what the server answered. Null when there was no answer. */
  readonly failure: ProblemCode | null
  readonly canvas: CanvasInfo | null
  readonly connection: ConnectionInfo
  /** Nobody has painted anywhere on this canvas yet. False also while that is not known. */
  readonly untouched: boolean
  readonly online: number | null
  readonly painter: PainterInfo | null
  readonly charges: KnownCharges | null
  /** Own pixels without an answer yet. */
  readonly pending: number
  /** Own pixels that were acknowledged since the page was opened. */
  readonly saved: number
  readonly notice: Notice | null
}

export interface Session {
  readonly store: StoreApi<SessionState>
  /** Monotonic milliseconds: the clock of `receivedAtMs`. */
  readonly now: () => number
  /** Paints at once and sends in the background. False when it was refused right here (the notice says why). */
  place(cell: BoardPoint, color: number): boolean
  /**
   * The tiles to follow now, the most important first (`engine.visibleTiles()`); the first `inWindow` of them are in the window.
   * Cheap when nothing changed.
   */
  viewTiles(tiles: readonly TileNumber[], inWindow?: number): void
  /** Tells the painter something that the page has found. */
  notify(notice: Omit<Notice, 'id' | 'atMs'>): void
  /** Idempotent. */
  dispose(): void
}

/** The part of a Socket.IO client that the session uses. */
export interface ClientSocket {
  readonly connected: boolean
  /** What an open connection uses now. It changes when long polling is upgraded. */
  readonly transport: Transport | null
  on(event: string, listener: (...args: unknown[]) => void): unknown
  emit(event: string, ...args: unknown[]): unknown
  connect(transports: readonly Transport[]): unknown
  disconnect(): unknown
}

export interface Timers {
  set(callback: () => void, delayMs: number): number
  clear(timer: number): void
}

/** Monotonic milliseconds, for durations. */
export type Now = Pick<MonotonicClock, 'now'>

/** Everything outside: in tests all of it is fake. */
export interface SessionEnvironment {
  readonly fetch: typeof fetch
  /** A socket that is not connected yet and never reconnects by itself: the session decides when. */
  readonly io: () => ClientSocket
  readonly clock: MonotonicClock
  readonly random: () => number
  readonly timers: Timers
  /** `online` and `offline` of the window, and whether the page can be seen. Answers the way to stop listening. */
  readonly watch: (listener: (event: 'online' | 'offline' | 'visible' | 'hidden') => void) => () => void
  /** Runs after the next drawn frame. */
  readonly afterDraw: (callback: () => void) => void
  readonly newKey: () => string
  /** Where own pixels without an answer survive a reload of the page. */
  readonly storage?: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>
  /** Where the browser remembers which transport works, for other pages and later visits. */
  readonly memory?: Pick<Storage, 'getItem' | 'setItem'>
}

export interface SessionOptions extends SessionEnvironment {
  readonly canvasId: string
  readonly sink: PixelSink
}
